import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { type DrainVerdict, type DrainWay, drainVerdict } from './verdict.ts'

/** How one instance would leave the host. */
export interface DrainPreviewRow extends DrainVerdict {
  instanceId: string
  instanceName: string
  projectId: string
}

/** What a drain of a host would do now. */
export interface DrainPreview {
  hostId: string
  hostName: string
  counts: Record<DrainWay, number>
  instances: DrainPreviewRow[]
}

/** How every instance of a host would leave it, and which cannot and why. Changes nothing. @throws NephosError not_found */
export const previewDrain = defineVerb({
  name: 'compute.drains.preview',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ hostId: z.uuid() }),
  run: async ({ ctx, input: { hostId } }): Promise<DrainPreview> => {
    const host = await reader(ctx).host.findUnique({
      where: { id: hostId },
      select: {
        name: true,
        underlayIp: true,
        computeDriver: true,
        instances: {
          select: { id: true, name: true, projectId: true, vmState: true, taskState: true },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
        },
      },
    })
    if (!host) throw notFound('host', hostId)
    const instances = host.instances.map(({ id, name, projectId, vmState, taskState }) => ({
      instanceId: id,
      instanceName: name,
      projectId,
      ...drainVerdict({ vmState, taskState }, host),
    }))
    const count = (way: DrainWay) => instances.filter((one) => one.way === way).length
    return {
      hostId,
      hostName: host.name,
      counts: { live: count('live'), cold: count('cold'), none: count('none') },
      instances,
    }
  },
})
