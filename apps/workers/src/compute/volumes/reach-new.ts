import { NephosError } from '@nephos/core'
import { RetryLater } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from '../sagas/load.ts'
import { attachedVolumes, connectVolume } from './connect.ts'

const againMs = 500
/** Statuses of a volume that is on its way to be there. */
const coming: readonly string[] = ['creating', 'downloading']

/**
 * Connects the volumes that a new instance was given to this host, once they are there.
 * @throws RetryLater while one is still being made; NephosError conflict when one could not be made
 */
export async function reachVolumes(
  deps: ComputeDeps,
  { record }: InstanceState,
  progress: (message: string) => void,
): Promise<void> {
  const attachments = await attachedVolumes(deps, record.id)
  const volumes = await deps.services.db.volume.findMany({
    where: { id: { in: attachments.map(({ volumeId }) => volumeId) } },
    select: { id: true, name: true, status: true, previousStatus: true, failure: true, backendId: true },
  })
  for (const { id, name, status, failure } of volumes) {
    if (coming.includes(status)) {
      progress(`Waiting for the volume ${name || id}`)
      throw new RetryLater(`the volume ${id} is being made`, againMs)
    }
    if (status.startsWith('error'))
      throw new NephosError(
        'conflict',
        `The volume ${name || id} could not be made: ${failure ?? 'nobody knows why'}`,
        { detail: { volumeId: id } },
      )
  }
  progress('Connecting the volumes')
  await Promise.all(attachments.map((attachment) => connectVolume(deps, attachment)))
}
