import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import { visibleInstances } from '../../compute/instances/find.ts'
import { instanceStatus, type VmStateName } from '../../compute/states.ts'
import { type Ctx, defineVerb, reader, requireProject } from '../../kernel/index.ts'
import { listedNetworks } from '../networks/access.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { type RouterRow, routerParts, routerRows } from '../routers/row.ts'

/** A network in the picture. */
export interface TopologyNetwork {
  id: string
  name: string
  /** ACTIVE, DOWN (switched off by its owner) or DELETING. */
  status: string
  external: boolean
  shared: boolean
  /** It belongs to the project. */
  own: boolean
  subnets: { id: string; name: string; cidr: string; gatewayIp: string | null }[]
}

/** An instance in the picture, with how it is on its networks. */
export interface TopologyInstance {
  id: string
  name: string
  /** The API status, derived from vmState and taskState. */
  status: string
  vmState: VmStateName
  taskState: string | null
  powerState: number
  updatedAt: Date
  ports: {
    id: string
    networkId: string
    /** ACTIVE when it is wired on a host. */
    status: string
    addresses: string[]
    /** Floating IPs that lead to it. */
    floatingIps: string[]
  }[]
}

/** What the project's networks join, as one picture. */
export interface Topology {
  networks: TopologyNetwork[]
  routers: RouterRow[]
  instances: TopologyInstance[]
  /** There is more than is drawn. */
  truncated: { networks: boolean; routers: boolean; instances: boolean }
}

const most = { networks: 200, routers: 200, instances: 1_000 }

const instanceFacts = {
  id: true,
  name: true,
  vmState: true,
  taskState: true,
  powerState: true,
  updatedAt: true,
  ports: {
    select: {
      id: true,
      networkId: true,
      status: true,
      allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
      floatingIps: { select: { address: true }, orderBy: { address: 'asc' } },
    },
    orderBy: [{ deviceIndex: 'asc' }, { id: 'asc' }],
  },
} as const satisfies Prisma.InstanceSelect

/** The networks, routers and instances of the project, and what they are joined by: all that a picture of them needs. */
export const showTopology = defineVerb({
  name: 'network.topology.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<Topology> => {
    const db = reader(ctx)
    const projectId = requireProject(ctx).id
    const [found, routers, instances] = await Promise.all([
      db.network.findMany({
        where: drawnNetworks(ctx),
        select: {
          id: true,
          name: true,
          status: true,
          adminStateUp: true,
          deleting: true,
          external: true,
          shared: true,
          projectId: true,
          subnets: {
            select: { id: true, name: true, cidr: true, gatewayIp: true },
            orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
          },
        },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: most.networks + 1,
      }),
      db.router.findMany({
        where: { projectId },
        include: routerParts,
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: most.routers + 1,
      }),
      db.instance.findMany({
        where: { ...visibleInstances(ctx), projectId, vmState: { notIn: ['deleted', 'soft_deleted'] } },
        select: instanceFacts,
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: most.instances + 1,
      }),
    ])
    const networks = found.slice(0, most.networks)
    return {
      networks: networks.map((network) => ({
        id: network.id,
        name: network.name,
        status: network.deleting ? 'DELETING' : network.adminStateUp ? network.status : 'DOWN',
        external: network.external,
        shared: network.shared,
        own: network.projectId === projectId,
        subnets: network.subnets,
      })),
      routers: await routerRows(db, routers.slice(0, most.routers), ctx),
      instances: instances.slice(0, most.instances).map(({ ports, ...instance }) => ({
        ...instance,
        vmState: instance.vmState as VmStateName,
        status: instanceStatus(instance.vmState as VmStateName, instance.taskState),
        ports: ports.map(({ allocations, floatingIps, ...port }) => ({
          ...port,
          addresses: allocations.map(({ ipAddress }) => ipAddress),
          floatingIps: floatingIps.map(({ address }) => address),
        })),
      })),
      truncated: {
        networks: found.length > most.networks,
        routers: routers.length > most.routers,
        instances: instances.length > most.instances,
      },
    }
  },
})

/** Networks of the project, and of others those that something of the project is on, or may have its gateway on. */
function drawnNetworks(ctx: Ctx): Prisma.NetworkWhereInput {
  const { id: projectId } = requireProject(ctx)
  return {
    AND: [
      listedNetworks(ctx),
      {
        OR: [
          { projectId },
          { external: true },
          {
            ports: {
              some: { projectId, OR: [{ instanceId: { not: null } }, { deviceOwner: routerInterfaceOwner }] },
            },
          },
        ],
      },
    ],
  }
}
