import {
  changeSnapshot,
  changeVolume,
  LostRace,
  type MutationTx,
  mutate,
  readSnapshot,
  readVolume,
  type SnapshotRecord,
  systemCtx,
  type VolumeChanges,
  type VolumeRecord,
} from '@nephos/core'
import { RetryLater, type SagaOperation, type Step, WorkElsewhere } from '@nephos/jobs'
import type { VolumeDeps } from '../deps.ts'

/** What a saga of a volume is about. */
export interface VolumeState {
  operation: SagaOperation
  volume: VolumeRecord
}

/** What a saga of a snapshot is about. */
export interface SnapshotState extends VolumeState {
  snapshot: SnapshotRecord
}

/**
 * Reads the volume of an operation; null when it is gone or its status says that newer work has it.
 * @throws WorkElsewhere when its back end is on another host
 */
export async function loadVolume(
  { services, hostName }: VolumeDeps,
  operation: SagaOperation,
  statuses: readonly VolumeRecord['status'][],
): Promise<VolumeState | null> {
  const volume = await readVolume(services.db, operation.resourceId)
  if (!volume || !statuses.includes(volume.status)) return null
  if (volume.backend?.hostName !== hostName) throw new WorkElsewhere()
  return { operation, volume }
}

/** Reads the snapshot of an operation with its volume, like {@link loadVolume}. */
export async function loadSnapshot(
  { services, hostName }: VolumeDeps,
  operation: SagaOperation,
  statuses: readonly SnapshotRecord['status'][],
): Promise<SnapshotState | null> {
  const snapshot = await readSnapshot(services.db, operation.resourceId)
  if (!snapshot || !statuses.includes(snapshot.status)) return null
  const volume = await readVolume(services.db, snapshot.volumeId)
  if (!volume) return null
  if (volume.backend?.hostName !== hostName) throw new WorkElsewhere()
  return { operation, snapshot, volume }
}

const ctxOf = ({ services, hostName }: VolumeDeps, { operation }: VolumeState) =>
  systemCtx(services, `volume on ${hostName}`, operation.requestId)

/** A write that lost against another one is run again with what is there then. */
const again = (error: unknown): never => {
  if ((error as { code?: string }).code === 'conflict') throw new LostRace(error)
  throw error
}

/**
 * Writes what a saga ends with, by compare-and-set, looking again after a lost race. Nothing is written when the volume
 * is gone or its status is none of the saga's.
 */
export const settleVolume = (
  deps: VolumeDeps,
  state: VolumeState,
  statuses: readonly VolumeRecord['status'][],
  changes: (volume: VolumeRecord) => VolumeChanges,
  alsoDo: (tx: MutationTx, volume: VolumeRecord) => Promise<unknown> = async () => undefined,
): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const volume = await readVolume(tx.db, state.volume.id)
    if (!volume || !statuses.includes(volume.status)) return
    await changeVolume(tx, volume, changes(volume)).catch(again)
    await alsoDo(tx, volume)
  })

/** The same for a snapshot. */
export const settleSnapshot = (
  deps: VolumeDeps,
  state: SnapshotState,
  statuses: readonly SnapshotRecord['status'][],
  changes: Parameters<typeof changeSnapshot>[2],
): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const snapshot = await readSnapshot(tx.db, state.snapshot.id)
    if (!snapshot || !statuses.includes(snapshot.status)) return
    await changeSnapshot(tx, snapshot, changes).catch(again)
  })

/** Waits until older operations of the same volume have ended, and what they had begun is undone. */
export const waitVolumeTurn = ({ services }: VolumeDeps): Step<VolumeState> => ({
  name: 'wait-turn',
  run: async ({ state: { operation, volume } }) => {
    const { db } = services
    const snapshots = await db.volumeSnapshot.findMany({
      where: { volumeId: volume.id },
      select: { id: true },
    })
    const backups = await db.volumeBackup.findMany({
      where: { volumeId: volume.id, status: 'creating' },
      select: { id: true },
    })
    const older = await db.operation.findFirst({
      where: {
        resourceId: { in: [volume, ...snapshots, ...backups].map(({ id }) => id) },
        // Ids sort by creation.
        id: { lt: operation.id },
        status: { in: ['queued', 'running', 'undoing'] },
      },
      select: { kind: true },
    })
    if (older) throw new RetryLater(`${older.kind} of the same volume is ending`, 250)
    return undefined
  },
})
