import { z } from 'zod'
import { conflict, defineVerb, mutate, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { lockRouter } from './access.ts'
import { clearGateway } from './gateway.ts'

/**
 * Removes a router that is on no network any more; its gateway goes with it.
 * @throws NephosError not_found, or conflict naming the networks that it is on
 */
export const deleteRouter = defineVerb({
  name: 'network.routers.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const router = await lockRouter(ctx, tx.db, id)
      const interfaces = await tx.db.port.findMany({
        where: { deviceOwner: routerInterfaceOwner, deviceId: id },
        select: { id: true, network: { select: { name: true } } },
        orderBy: { createdAt: 'asc' },
        take: 20,
      })
      if (interfaces.length > 0) {
        const networks = [...new Set(interfaces.map(({ network }) => network.name))]
        const noun = networks.length === 1 ? 'network' : 'networks'
        throw conflict(`The router ${router.name || id} is on the ${noun} ${networks.join(', ')}.`, {
          remedy: 'Remove its interfaces first.',
          detail: { reason: 'router_in_use', portIds: interfaces.map((port) => port.id) },
        })
      }
      await clearGateway(tx, router)
      await tx.db.router.delete({ where: { id } })
      tx.audit({
        verb: 'network.routers.delete',
        resourceType: 'router',
        resourceId: id,
        resourceName: router.name,
        projectId: router.projectId,
      })
      const audience = { kind: 'project', projectId: router.projectId } as const
      tx.event({ noun: 'router', change: 'deleted', id, audience, data: null })
      await returnQuota(tx.db, router.projectId, { routers: 1 })
      return { id }
    }),
})
