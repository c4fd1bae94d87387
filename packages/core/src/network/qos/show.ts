import { z } from 'zod'
import { defineVerb, isAdmin, notFound, reader, requireProject } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { type HostWithoutLimits, hostsWithoutLimits } from './enforcement.ts'
import { type QosPolicyRow, qosPolicyRow, qosPolicySelect, visibleQosPolicies } from './row.ts'

const mostUsers = 200

/** A port with a policy of its own. */
export interface QosPort {
  portId: string
  portName: string
  instanceId: string | null
  instanceName: string | null
  networkId: string
  networkName: string
  addresses: string[]
}

/** A policy with what uses it, as far as the actor sees that; at most 200 of each. */
export interface QosPolicyDetail extends QosPolicyRow {
  networks: { id: string; name: string; portCount: number }[]
  ports: QosPort[]
  /** Hosts that cannot limit: what is there is as fast as it can. */
  notApplied: HostWithoutLimits[]
}

/** One policy with its rules and what uses it. @throws NephosError not_found */
export const showQosPolicy = defineVerb({
  name: 'network.qosPolicies.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<QosPolicyDetail> => {
    const db = reader(ctx)
    const own = isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }
    const record = await db.qosPolicy.findFirst({
      where: { AND: [{ id }, visibleQosPolicies(ctx)] },
      select: {
        ...qosPolicySelect,
        networks: {
          where: own,
          select: {
            id: true,
            name: true,
            // Those that it holds for: not those with a policy of their own, nor those of the network itself.
            _count: {
              select: {
                ports: { where: { qosPolicyId: null, NOT: { deviceOwner: { startsWith: 'network:' } } } },
              },
            },
          },
          orderBy: { name: 'asc' },
          take: mostUsers,
        },
        ports: {
          where: own,
          select: {
            id: true,
            name: true,
            instanceId: true,
            instance: { select: { name: true } },
            networkId: true,
            network: { select: { name: true } },
            allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
          },
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
          take: mostUsers,
        },
      },
    })
    if (!record) throw notFound('QoS policy', id)
    const { networks, ports, ...policy } = record
    return {
      ...qosPolicyRow(policy),
      networks: networks.map(({ _count, ...network }) => ({ ...network, portCount: _count.ports })),
      ports: ports.map((port) => ({
        portId: port.id,
        portName: port.name,
        instanceId: port.instanceId,
        instanceName: port.instance?.name ?? null,
        networkId: port.networkId,
        networkName: port.network.name,
        addresses: port.allocations.map(({ ipAddress }) => ipAddress),
      })),
      notApplied: await hostsWithoutLimits(ctx, db),
    }
  },
})
