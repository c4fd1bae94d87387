import type { VolumeType } from '@nephos/db'
import { conflict, LostRace, type MutationTx } from '../../kernel/index.ts'
import { specsOf } from '../types/extra-specs.ts'
import { beginVolumeAction } from '../volumes/begin.ts'
import type { VolumeRecord } from '../volumes/row.ts'
import { backendSelect } from './backend-state.ts'
import { claimBackend } from './claim.ts'
import { chooseBackends, whyNone } from './filters.ts'

/** A volume that is to be kept elsewhere. */
export interface VolumeMove {
  action: 'retype' | 'migrate'
  verb: string
  /** The type that it has afterwards. */
  type: VolumeType
  /** This back end and no other. */
  backendId?: string
  /** Seconds of silence until a back end counts as down. */
  downTime: number
}

/**
 * Finds another back end for a volume, claims it and starts the work that copies the volume there, in the caller's
 * transaction. The back end is on the same host: its worker has both ends in hand.
 * @throws NephosError conflict when the volume cannot move or nothing can take it
 */
export async function beginMove(
  tx: MutationTx,
  volume: VolumeRecord,
  { action, verb, type, backendId, downTime }: VolumeMove,
): Promise<{ operationId: string; volume: VolumeRecord }> {
  if (volume.attachments.length > 0)
    throw conflict('A volume that is attached cannot move to another back end.', {
      remedy: 'Detach it first.',
    })
  if (volume._count.snapshots > 0)
    throw conflict('A volume that has snapshots cannot move to another back end.', {
      remedy: 'Delete its snapshots first.',
      detail: { snapshots: volume._count.snapshots },
    })
  if (!volume.backend || !volume.backendId)
    throw conflict('The volume is on no back end.', { remedy: 'Delete it and create it again.' })
  const backends = await tx.db.volumeBackend.findMany({
    where: backendId ? { id: backendId } : {},
    select: backendSelect,
    orderBy: { name: 'asc' },
  })
  const choice = chooseBackends(
    backends,
    {
      sizeGib: volume.sizeGib,
      specs: specsOf(type),
      zone: null,
      sourceHost: volume.backend.hostName,
      sourceBackendId: null,
      sameHost: [],
      differentHost: [],
      notBackendId: volume.backendId,
    },
    downTime,
  )
  const target = choice.fits[0]
  if (!target)
    throw conflict(whyNone(choice), {
      detail: { verdicts: choice.verdicts.slice(0, 100).map((verdict) => ({ ...verdict })) },
    })
  if (!(await claimBackend(tx.db, target, { gib: volume.sizeGib, volumes: 1 })))
    throw new LostRace(new Error(`back end ${target.name} was claimed meanwhile`))
  return beginVolumeAction(tx, volume, {
    action,
    verb,
    saga: 'volume-retype',
    input: { typeId: type.id, backendId: target.id, backend: target.name },
    changes: { migrationStatus: 'migrating' },
  })
}
