import type { Db, Tx } from '@nephos/db'
import { type Ctx, isAdmin, notFound, reader, requireProject } from '../../kernel/index.ts'
import { type InstanceRecord, instanceSelect } from './row.ts'

/** What the actor can see: the instances of the session's project, or all of them for administrators. */
export const visibleInstances = (ctx: Ctx): { projectId?: string } =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findInstance(ctx: Ctx, id: string, db: Db | Tx = reader(ctx)): Promise<InstanceRecord> {
  const record = await db.instance.findFirst({
    where: { id, ...visibleInstances(ctx) },
    select: instanceSelect,
  })
  if (!record) throw notFound('instance', id)
  return record
}
