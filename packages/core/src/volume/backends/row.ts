import type { VolumeBackend } from '@nephos/db'
import { type Ctx, type Json, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import { isUp, roomOf } from '../placement/backend-state.ts'

/** A place that volumes are kept in, as lists, `show` and events have it. */
export interface VolumeBackendRow {
  id: string
  /** `<host>@<back end>` */
  name: string
  hostName: string
  zone: string
  driver: string
  enabled: boolean
  disabledReason: string | null
  /** Its worker was heard of lately. */
  up: boolean
  /** Why it does not work now. */
  trouble: string | null
  totalGib: number
  freeGib: number
  /** Promised to volumes. */
  allocatedGib: number
  /** That may still be promised. */
  availableGib: number
  provisioning: number
  reservedPercent: number
  volumeCount: number
  abilities: Record<string, true | string>
  seenAt: Date | null
  createdAt: Date
  updatedAt: Date
}

const rounded = (gib: number) => Math.round(gib * 100) / 100

/** The row of a back end. @param downTime seconds of silence until it counts as down */
export function backendRow(backend: VolumeBackend, downTime: number): VolumeBackendRow {
  const { totalBytes: _total, freeBytes: _free, generation: _generation, abilities, ...columns } = backend
  const room = roomOf(backend)
  return {
    ...columns,
    up: isUp(backend, downTime),
    totalGib: rounded(room.totalGib),
    freeGib: rounded(room.freeGib),
    availableGib: rounded(room.availableGib),
    abilities: abilities as VolumeBackendRow['abilities'],
  }
}

/** Announces a back end to administrators. */
export const backendChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  backend: VolumeBackend,
  downTime: number,
): void =>
  tx.event({
    noun: 'volume_backend',
    change,
    id: backend.id,
    audience: { kind: 'admin' },
    data: change === 'deleted' ? null : (JSON.parse(JSON.stringify(backendRow(backend, downTime))) as Json),
  })

/** @throws NephosError not_found */
export async function findBackend(ctx: Ctx, id: string, db = reader(ctx)): Promise<VolumeBackend> {
  const backend = await db.volumeBackend.findUnique({ where: { id } })
  if (!backend) throw notFound('back end', id)
  return backend
}
