import { instanceJob, isInstanceOperation, isVolumeOperation, jobOfVolume, type Services } from '@nephos/core'
import type { StuckSweep } from '@nephos/jobs'

/** Which job carries a stuck operation on, from its kind and from where its instance is now. */
export const jobOf =
  ({ db }: Pick<Services, 'db'>): StuckSweep['jobFor'] =>
  async ({ id: operationId, kind, resourceId, input }) => {
    if (kind === 'network-delete')
      return { name: 'network.delete', payload: { operationId, networkId: resourceId } }
    if (kind === 'image-delete')
      return { name: 'image.delete', payload: { operationId, imageId: resourceId } }
    if (isVolumeOperation(kind)) return jobOfVolume(db, { id: operationId, kind, resourceId })
    if (kind === 'image-import' || kind === 'image-copy')
      return {
        name: kind === 'image-import' ? 'image.import' : 'image.copy',
        payload: { operationId, imageId: resourceId },
      }
    if (kind === 'image-warm')
      return {
        name: 'image.warm',
        host: (input as { host: string }).host,
        payload: { operationId, imageId: resourceId },
      }
    if (!isInstanceOperation(kind)) return null
    const instance = await db.instance.findUnique({
      where: { id: resourceId },
      select: {
        host: { select: { name: true } },
        migrations: { where: { operationId }, select: { destHost: true } },
      },
    })
    const job = instanceJob(kind, instance?.host?.name ?? null, instance?.migrations[0]?.destHost ?? null)
    return job && { ...job, payload: { operationId, instanceId: resourceId } }
  }
