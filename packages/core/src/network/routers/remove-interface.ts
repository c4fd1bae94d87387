import { conflict, defineVerb, type MutationTx, mutate, notFound, returnQuota } from '../../kernel/index.ts'
import { announceNetwork } from '../networks/row.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { announcePort } from '../ports/row.ts'
import type { HostRoute } from '../subnets/plan.ts'
import { lockRouter } from './access.ts'
import { connectedSubnets, reaches, refuseLostNexthops } from './connected.ts'
import { interfaceInput } from './interface-input.ts'
import { announceRouter, type RouterRow } from './row.ts'

/** A router after one of its interfaces was removed. */
export interface RemovedInterface {
  portId: string
  networkId: string
  subnetIds: string[]
  router: RouterRow
}

/**
 * Takes a router from a network; the port that it had there is deleted.
 * @throws NephosError not_found when it is not there, or conflict when a floating IP or a route needs the interface
 */
export const removeRouterInterface = defineVerb({
  name: 'network.routers.removeInterface',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: interfaceInput,
  run: ({ ctx, input: { id, subnetId, portId } }): Promise<RemovedInterface> =>
    mutate(ctx, async (tx) => {
      const router = await lockRouter(ctx, tx.db, id)
      const port = await tx.db.port.findFirst({
        where: {
          deviceOwner: routerInterfaceOwner,
          deviceId: id,
          ...(portId ? { id: portId } : { allocations: { some: { subnetId: subnetId! } } }),
        },
        select: { id: true, projectId: true, networkId: true, deviceOwner: true },
      })
      if (!port) throw notFound('interface of the router', (portId ?? subnetId)!)
      const connected = await connectedSubnets(tx.db, id)
      const leaving = connected.filter((subnet) => subnet.portId === port.id)
      await refuseFloatingIps(tx, id, port.networkId, leaving)
      refuseLostNexthops(
        router.routes as unknown as HostRoute[],
        connected.filter((subnet) => subnet.portId !== port.id),
      )
      await tx.db.port.deleteMany({ where: { id: port.id } })
      announcePort(tx, 'deleted', port, null)
      await announceNetwork(tx, port.networkId, 'updated')
      const subnetIds = leaving.map((subnet) => subnet.subnetId)
      tx.audit({
        verb: 'network.routers.removeInterface',
        resourceType: 'router',
        resourceId: id,
        resourceName: router.name,
        projectId: router.projectId,
        detail: { portId: port.id, subnetIds },
      })
      const row = await announceRouter(ctx, tx, id, 'updated')
      await returnQuota(tx.db, port.projectId, { ports: 1 })
      return { portId: port.id, networkId: port.networkId, subnetIds, router: row }
    }),
})

async function refuseFloatingIps(
  tx: MutationTx,
  routerId: string,
  networkId: string,
  leaving: readonly { cidr: string }[],
): Promise<void> {
  const led = await tx.db.floatingIp.findMany({
    where: {
      routerId,
      OR: [{ port: { networkId } }, { forwardings: { some: { port: { networkId } } } }],
    },
    select: {
      address: true,
      fixedIpAddress: true,
      forwardings: { select: { internalAddress: true } },
    },
    orderBy: { address: 'asc' },
  })
  const addresses = led
    .filter(({ fixedIpAddress, forwardings }) =>
      [fixedIpAddress, ...forwardings.map(({ internalAddress }) => internalAddress)].some(
        (address) => address !== null && reaches(leaving, address),
      ),
    )
    .map(({ address }) => address)
  if (addresses.length > 0)
    throw conflict(
      `Floating IPs lead to this subnet by the router: ${addresses.slice(0, 10).join(', ')}${addresses.length > 10 ? ' and others' : ''}.`,
      {
        remedy: 'Disassociate them first.',
        detail: { reason: 'interface_used_by_floating_ip', routerId, addresses },
      },
    )
}
