import { type Ctx, conflict, mutate, returnQuota } from '../../kernel/index.ts'
import { dhcpOwner } from '../ports/owners.ts'
import { announceNetwork } from './row.ts'
import { everyProject, networkAudience, networkAudiences, withShares } from './shares.ts'

/**
 * Removes the rows of a network that is gone from every host, and gives its quota back. Nothing happens when it was
 * done before.
 * @throws NephosError conflict when a port came onto it at the last moment
 */
export const removeNetworkRows = (ctx: Ctx, networkId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { count } = await tx.db.network.updateMany({
      where: { id: networkId, deleting: true },
      data: { generation: { increment: 1 } },
    })
    if (count === 0) return
    const network = await tx.db.network.findUniqueOrThrow({
      where: { id: networkId },
      include: {
        ...withShares,
        subnets: true,
        _count: { select: { ports: { where: { deviceOwner: { not: dhcpOwner } } } } },
      },
    })
    if (network._count.ports > 0)
      throw conflict(`A port was made on the network ${network.name} at the same moment; it is kept.`)
    await tx.db.port.deleteMany({ where: { networkId, deviceOwner: dhcpOwner } })
    await tx.db.subnet.deleteMany({ where: { networkId } })
    await tx.db.network.delete({ where: { id: networkId } })
    const audience = networkAudience(network)
    for (const subnet of network.subnets)
      tx.event({ noun: 'subnet', change: 'deleted', id: subnet.id, audience, data: null })
    for (const who of networkAudiences(network))
      tx.event({ noun: 'network', change: 'deleted', id: networkId, audience: who, data: null })
    await returnQuota(tx.db, network.projectId, {
      networks: 1,
      subnets: network.subnets.length,
      rbac_policies: network.shares.filter(({ targetProject }) => targetProject !== everyProject).length,
    })
  })

/** Makes a network usable again whose removal failed. */
export const keepNetwork = (ctx: Ctx, networkId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { count } = await tx.db.network.updateMany({
      where: { id: networkId, deleting: true },
      data: { deleting: false, generation: { increment: 1 } },
    })
    if (count === 1) await announceNetwork(tx, networkId, 'updated')
  })
