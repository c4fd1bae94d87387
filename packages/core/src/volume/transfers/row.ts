import type { Prisma, VolumeTransfer } from '@nephos/db'
import { type Ctx, type Json, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import { visibleToProject } from '../volumes/find.ts'

/** A volume that is offered to another project, as lists and `show` have it. */
export interface VolumeTransferRow {
  id: string
  volumeId: string
  volumeName: string
  projectId: string
  name: string
  createdAt: Date
}

/** What is read with a transfer to make its row. */
export const transferParts = {
  volume: { select: { name: true } },
} as const satisfies Prisma.VolumeTransferInclude

/** The row of a transfer: nothing of its key. */
export const transferRow = ({
  keyHash: _keyHash,
  volume,
  ...transfer
}: VolumeTransfer & { volume: { name: string } }): VolumeTransferRow => ({
  ...transfer,
  volumeName: volume.name,
})

/** Announces a transfer to the project that offers the volume. */
export const transferChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'deleted',
  row: VolumeTransferRow,
): void =>
  tx.event({
    noun: 'volume_transfer',
    change,
    id: row.id,
    audience: { kind: 'project', projectId: row.projectId },
    data: change === 'deleted' ? null : (JSON.parse(JSON.stringify(row)) as Json),
  })

/** @throws NephosError not_found when there is none that the actor can see */
export async function findTransfer(ctx: Ctx, id: string, db = reader(ctx)): Promise<VolumeTransferRow> {
  const where = { id, ...visibleToProject(ctx) }
  const found = await db.volumeTransfer.findFirst({ where, include: transferParts })
  if (!found) throw notFound('transfer', id)
  return transferRow(found)
}
