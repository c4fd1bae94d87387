import type { Services } from '@nephos/core'
import type { JobName, StuckSweep } from '@nephos/jobs'

const onHost: Record<string, JobName> = {
  'instance-create': 'instance.create',
  'instance-start': 'instance.start',
  'instance-stop': 'instance.stop',
  'instance-reboot': 'instance.reboot',
  'instance-delete': 'instance.delete',
}
const unplaced: Record<string, JobName> = {
  'instance-create': 'instance.schedule',
  'instance-delete': 'instance.delete-unplaced',
}

/** Which job carries a stuck operation on, from its kind and from where its instance is now. */
export const jobOf =
  ({ db }: Pick<Services, 'db'>): StuckSweep['jobFor'] =>
  async ({ id: operationId, kind, resourceId }) => {
    if (kind === 'network-delete')
      return { name: 'network.delete', payload: { operationId, networkId: resourceId } }
    if (kind === 'image-delete')
      return { name: 'image.delete', payload: { operationId, imageId: resourceId } }
    const instance = await db.instance.findUnique({
      where: { id: resourceId },
      select: { host: { select: { name: true } } },
    })
    const host = instance?.host?.name
    const name = host ? onHost[kind] : unplaced[kind]
    return name ? { name, payload: { operationId, instanceId: resourceId }, ...(host && { host }) } : null
  }
