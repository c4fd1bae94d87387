import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'
import { findImage } from '../images/find.ts'
import { type ImageStatus, whyNotImage } from '../states.ts'

/**
 * Has hosts copy an image into their cache, so that the first instance there need not wait for it: the hosts that are
 * named, or all that are enabled.
 * @returns the operation of each host
 * @throws NephosError not_found, or conflict unless the image is active
 */
export const warmImage = defineVerb({
  name: 'image.images.warm',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), hostIds: z.array(z.uuid()).min(1).max(1_000).optional() }),
  run: ({ ctx, input: { id, hostIds } }): Promise<{ hosts: { hostName: string; operationId: string }[] }> =>
    mutate(ctx, async (tx) => {
      const image = await findImage(ctx, id, tx.db)
      const reason = whyNotImage('warm', image.status as ImageStatus)
      if (reason)
        throw conflict(`Image ${image.name} cannot be copied to hosts. ${reason}`, {
          detail: { status: image.status },
        })
      const hosts = await tx.db.host.findMany({
        where: hostIds ? { id: { in: hostIds } } : { enabled: true },
        select: { id: true, name: true },
        orderBy: { name: 'asc' },
        take: 1_000,
      })
      const missing = hostIds?.find((hostId) => !hosts.some((host) => host.id === hostId))
      if (missing) throw notFound('host', missing)
      const begun = hosts.map(({ name: hostName }) => {
        const operationId = tx.operation({
          kind: 'image-warm',
          projectId: null,
          resourceType: 'image',
          resourceId: id,
          resourceName: `${image.name} on ${hostName}`,
          input: { host: hostName },
        })
        tx.job('image.warm', { operationId, imageId: id }, { host: hostName })
        return { hostName, operationId }
      })
      tx.audit({
        verb: 'image.images.warm',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { hosts: hosts.map(({ name }) => name) },
      })
      return { hosts: begun }
    }),
})

/** Asks the host once more. */
export const retryImageWarm: RetryHandler = async (_ctx, tx, { id, resourceId, input }) => {
  const image = await tx.db.image.findFirst({ where: { id: resourceId, status: 'active' } })
  if (!image) throw notFound('image', resourceId)
  const { host } = input as { host: string }
  tx.job('image.warm', { operationId: id, imageId: resourceId }, { host })
}
