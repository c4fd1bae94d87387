import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, conflict, isAdmin, notFound, reader, requireProject } from '../../kernel/index.ts'
import { type VolumeAction, whyNotVolume } from '../states.ts'
import { type VolumeRecord, volumeFacts, volumeParts } from './row.ts'

/** One volume. */
export const volumeIdInput = z.object({ id: z.uuid() })

/** What the actor can see: its project's; everything for administrators. */
export const visibleToProject = (ctx: Ctx): { projectId?: string } =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findVolume(ctx: Ctx, id: string, db = reader(ctx)): Promise<VolumeRecord> {
  const where: Prisma.VolumeWhereInput = { id, ...visibleToProject(ctx) }
  const volume = await db.volume.findFirst({ where, include: volumeParts })
  if (!volume) throw notFound('volume', id)
  return volume
}

/** @throws NephosError conflict with the sentence of the table when the volume's status does not allow the action */
export function requireAllowed(action: VolumeAction, volume: VolumeRecord): void {
  const why = whyNotVolume(action, volumeFacts(volume))
  if (why) throw conflict(why, { detail: { status: volume.status, action } })
}
