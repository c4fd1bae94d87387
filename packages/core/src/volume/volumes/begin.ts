import { conflict, type Json, type MutationTx } from '../../kernel/index.ts'
import { type VolumeOperationKind, volumeJob, volumeOperations } from '../operations.ts'
import { type VolumeAction, volumeActions } from '../states.ts'
import { requireAllowed } from './find.ts'
import type { VolumeRecord } from './row.ts'
import { changeVolume, type VolumeChanges } from './write.ts'

/** An action with its verb and saga. */
export interface VolumePlan {
  action: VolumeAction
  verb: string
  saga: VolumeOperationKind
  /** What the saga is told, and the audit log. Nothing secret. */
  input?: { [key: string]: Json }
  /** Written with the status. */
  changes?: VolumeChanges
  /** Not the volume itself is worked on, but this. */
  resource?: { id: string; name: string }
}

/**
 * Accepts an action on a volume in the caller's transaction: checks the table, sets the status by compare-and-set and
 * starts the saga on the host of its back end.
 * @throws NephosError conflict saying why the status does not allow it
 */
export async function beginVolumeAction(
  tx: MutationTx,
  volume: VolumeRecord,
  plan: VolumePlan,
): Promise<{ operationId: string; volume: VolumeRecord }> {
  requireAllowed(plan.action, volume)
  const { sets } = volumeActions[plan.action]
  const written = await changeVolume(tx, volume, {
    ...(sets && { status: sets, previousStatus: volume.status, failure: null }),
    ...plan.changes,
  })
  return { operationId: startVolumeSaga(tx, written, plan), volume: written }
}

/** Starts a saga on a volume whose status says so already. @throws NephosError conflict when it needs a back end */
export function startVolumeSaga(
  tx: MutationTx,
  volume: VolumeRecord,
  { verb, saga, input, resource }: Omit<VolumePlan, 'action' | 'changes'>,
): string {
  const job = volumeJob(saga, volume.backend?.hostName ?? null)
  if (!job)
    throw conflict('The volume is on no back end: there is nothing of it yet.', {
      remedy: 'Delete it and create it again.',
    })
  const subject = {
    projectId: volume.projectId,
    resourceType: volumeOperations[saga].of,
    resourceId: resource?.id ?? volume.id,
    resourceName: resource?.name ?? volume.name,
  }
  const operationId = tx.operation({ kind: saga, ...subject, input: { ...input } })
  tx.audit({ verb, ...subject, detail: input })
  const pointer = subject.resourceType === 'volume_backup' ? 'backupId' : 'snapshotId'
  const payload = { operationId, volumeId: volume.id, ...(resource && { [pointer]: resource.id }) }
  tx.job(job.name, payload as never, { host: job.host })
  return operationId
}
