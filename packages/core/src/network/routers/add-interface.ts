import { defineVerb, mutate, takeQuota } from '../../kernel/index.ts'
import { lockRouter } from './access.ts'
import { interfaceInput } from './interface-input.ts'
import { joinPort, joinSubnet } from './join-subnet.ts'
import { announceRouter, type RouterRow } from './row.ts'

/** A router after one of its interfaces was added. */
export interface AddedInterface {
  portId: string
  router: RouterRow
}

/**
 * Puts a router on a network: on a subnet, as its gateway, or by a port with an address of its own.
 * @throws NephosError not_found, invalid_input (no gateway, no address, overlap), forbidden, conflict (address or port in
 * use), quota_exceeded
 */
export const addRouterInterface = defineVerb({
  name: 'network.routers.addInterface',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: interfaceInput,
  run: ({ ctx, input: { id, subnetId, portId } }): Promise<AddedInterface> =>
    mutate(ctx, async (tx) => {
      const router = await lockRouter(ctx, tx.db, id)
      const joined = subnetId ? await joinSubnet(ctx, tx, router, subnetId) : portId!
      if (portId) await joinPort(tx, router, portId)
      tx.audit({
        verb: 'network.routers.addInterface',
        resourceType: 'router',
        resourceId: id,
        resourceName: router.name,
        projectId: router.projectId,
        detail: subnetId ? { subnetId, portId: joined } : { portId: joined },
      })
      const row = await announceRouter(ctx, tx, id, 'updated')
      if (subnetId) await takeQuota(tx.db, router.projectId, { ports: 1 })
      return { portId: joined, router: row }
    }),
})
