import { instanceJob, isInstanceOperation, type Services } from '@nephos/core'
import type { StuckSweep } from '@nephos/jobs'

/** Which job carries a stuck operation on, from its kind and from where its instance is now. */
export const jobOf =
  ({ db }: Pick<Services, 'db'>): StuckSweep['jobFor'] =>
  async ({ id: operationId, kind, resourceId }) => {
    if (kind === 'network-delete')
      return { name: 'network.delete', payload: { operationId, networkId: resourceId } }
    if (kind === 'image-delete')
      return { name: 'image.delete', payload: { operationId, imageId: resourceId } }
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
