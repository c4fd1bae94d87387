import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, type MutationTx, notFound, reader } from '../../kernel/index.ts'
import { lockFloatingIp } from '../floating-ips/access.ts'
import { announceFloatingIp } from '../floating-ips/row.ts'
import { lockNetwork, visibleNetworks } from '../networks/access.ts'
import { announceNetwork } from '../networks/row.ts'
import { announcePort, portParts, portRow, visiblePorts } from '../ports/row.ts'
import { visibleRouters } from '../routers/access.ts'
import { announceRouter } from '../routers/row.ts'
import { announceSecurityGroups, lockSecurityGroup } from '../security-groups/row.ts'

/** What of the network domain has tags. */
export const taggedKinds = ['network', 'subnet', 'port', 'router', 'floatingIp', 'securityGroup'] as const
export type TaggedKind = (typeof taggedKinds)[number]
/** Which of them something is. */
export const kindField = z.enum(taggedKinds, `Choose one of ${taggedKinds.join(', ')}.`)

/** Something that has tags, as the audit log names it. */
export interface Tagged {
  resourceType: string
  projectId: string
  name: string
}

/** How one kind is locked for a change of its tags, and how the change is announced. */
interface TaggedThing {
  /** @throws NephosError not_found, forbidden */
  lock: (ctx: Ctx, tx: MutationTx, id: string) => Promise<Tagged>
  announce: (ctx: Ctx, tx: MutationTx, id: string) => Promise<unknown>
  /** Tags on what belongs to a project. */
  ofProject: (projectId: string) => Prisma.NetworkTagWhereInput
}

const networkOf = async (ctx: Ctx, db: Pick<MutationTx['db'], 'subnet'>, id: string): Promise<string> => {
  const subnet = await db.subnet.findFirst({
    where: { id, network: visibleNetworks(ctx) },
    select: { networkId: true },
  })
  if (!subnet) throw notFound('subnet', id)
  return subnet.networkId
}

/** Everything that has tags. */
export const tagged: Record<TaggedKind, TaggedThing> = {
  network: {
    lock: async (ctx, { db }, id) => ({ resourceType: 'network', ...(await lockNetwork(ctx, db, id)) }),
    announce: (_, tx, id) => announceNetwork(tx, id, 'updated'),
    ofProject: (projectId) => ({ network: { projectId } }),
  },
  subnet: {
    lock: async (ctx, { db }, id) => {
      const network = await lockNetwork(ctx, db, await networkOf(ctx, reader(ctx), id))
      const subnet = await db.subnet.findUnique({ where: { id } })
      if (!subnet) throw notFound('subnet', id)
      return { resourceType: 'subnet', projectId: network.projectId, name: subnet.name || subnet.cidr }
    },
    announce: async (ctx, tx, id) => announceNetwork(tx, await networkOf(ctx, tx.db, id), 'updated'),
    ofProject: (projectId) => ({ subnet: { projectId } }),
  },
  port: {
    lock: async (ctx, { db }, id) => {
      const where = { AND: [{ id }, visiblePorts(ctx)] }
      await db.port.updateMany({ where, data: { generation: { increment: 1 } } })
      const port = await db.port.findFirst({ where })
      if (!port) throw notFound('port', id)
      return { resourceType: 'port', projectId: port.projectId, name: port.name || port.macAddress }
    },
    announce: async (_, tx, id) => {
      const port = await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts })
      announcePort(tx, 'updated', port, portRow(port))
    },
    ofProject: (projectId) => ({ port: { projectId } }),
  },
  router: {
    // Its generation stays: for its host nothing changes.
    lock: async (ctx, { db }, id) => {
      const where = { AND: [{ id }, visibleRouters(ctx)] }
      await db.router.updateMany({ where, data: { updatedAt: new Date() } })
      const router = await db.router.findFirst({ where })
      if (!router) throw notFound('router', id)
      return { resourceType: 'router', projectId: router.projectId, name: router.name || id }
    },
    announce: (ctx, tx, id) => announceRouter(ctx, tx, id, 'updated'),
    ofProject: (projectId) => ({ router: { projectId } }),
  },
  floatingIp: {
    lock: async (ctx, { db }, id) => {
      const { projectId, address } = await lockFloatingIp(ctx, db, id)
      return { resourceType: 'floating-ip', projectId, name: address }
    },
    announce: (_, tx, id) => announceFloatingIp(tx, id, 'updated'),
    ofProject: (projectId) => ({ floatingIp: { projectId } }),
  },
  securityGroup: {
    lock: async (ctx, tx, id) => ({
      resourceType: 'security-group',
      ...(await lockSecurityGroup(ctx, tx, id)),
    }),
    announce: (_, tx, id) => announceSecurityGroups(tx, [id]),
    ofProject: (projectId) => ({ securityGroup: { projectId } }),
  },
}
