import type { Prisma, Tx } from '@nephos/db'
import { type Ctx, type Json, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import type { SnapshotStatusName } from '../states.ts'
import { visibleToProject } from '../volumes/find.ts'

/** A snapshot of a volume as lists, `show` and events have it. */
export interface VolumeSnapshotRow {
  id: string
  projectId: string
  userId: string
  volumeId: string
  volumeName: string
  name: string
  description: string
  sizeGib: number
  status: SnapshotStatusName
  bootable: boolean
  metadata: Record<string, string>
  failure: string | null
  ec2Id: number
  createdAt: Date
  updatedAt: Date
}

/** What is read with a snapshot to make its row. */
export const snapshotParts = {
  volume: { select: { name: true, bootable: true } },
} as const satisfies Prisma.VolumeSnapshotInclude

/** A snapshot with {@link snapshotParts}. */
export type SnapshotRecord = Prisma.VolumeSnapshotGetPayload<{ include: typeof snapshotParts }>

/** The row of a snapshot. */
export const snapshotRow = ({
  volume,
  place: _place,
  generation: _generation,
  ...snapshot
}: SnapshotRecord): VolumeSnapshotRow => ({
  ...snapshot,
  metadata: snapshot.metadata as Record<string, string>,
  volumeName: volume.name,
  bootable: volume.bootable,
})

/** Announces a snapshot to its project. */
export const snapshotChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  snapshot: Pick<SnapshotRecord, 'id' | 'projectId'> | SnapshotRecord,
): void =>
  tx.event({
    noun: 'volume_snapshot',
    change,
    id: snapshot.id,
    audience: { kind: 'project', projectId: snapshot.projectId },
    data:
      change !== 'deleted' && 'volume' in snapshot
        ? (JSON.parse(JSON.stringify(snapshotRow(snapshot))) as Json)
        : null,
  })

/** Reads a snapshot with all that its row needs; null: it is gone. */
export const readSnapshot = (db: Tx, id: string): Promise<SnapshotRecord | null> =>
  db.volumeSnapshot.findUnique({ where: { id }, include: snapshotParts })

/** @throws NephosError not_found when there is none that the actor can see */
export async function findSnapshot(ctx: Ctx, id: string, db = reader(ctx)): Promise<SnapshotRecord> {
  const where = { id, ...visibleToProject(ctx) }
  const snapshot = await db.volumeSnapshot.findFirst({ where, include: snapshotParts })
  if (!snapshot) throw notFound('snapshot', id)
  return snapshot
}
