import { newId } from '@nephos/db'
import {
  type Ctx,
  conflict,
  invalid,
  isAdmin,
  type MutationTx,
  notFound,
  takeQuota,
} from '../../kernel/index.ts'
import { requireNotDeleting } from '../networks/access.ts'
import { usableBy } from '../networks/shares.ts'
import { joinGroups } from '../security-groups/join.ts'
import { planFixedIps } from './fixed-ips.ts'
import { insertPort } from './insert-port.ts'
import { computeOwner } from './owners.ts'
import { announcePort, portParts, portRow } from './row.ts'
import { refuseChoices, takeWishes } from './wishes.ts'

/** Most interfaces of one instance. */
export const maxInterfaces = 16

/** The instance that gets an interface, with the ports it has. */
interface Attachee {
  id: string
  projectId: string
  ports: readonly { deviceIndex: number | null }[]
}

/** A new port on a network, or one that is there. */
export type PortWish = { networkId: string; ip?: string } | { portId: string }

/**
 * Makes a port the next interface of an instance: a new one with an address, or one of the project that nothing uses.
 * @returns id of the port
 * @throws NephosError not_found, invalid_input, forbidden, conflict (in use, no free address, too many), quota_exceeded
 */
export async function attachPort(
  ctx: Ctx,
  tx: MutationTx,
  instance: Attachee,
  wish: PortWish,
): Promise<string> {
  if (instance.ports.length >= maxInterfaces)
    throw conflict(`An instance has at most ${maxInterfaces} interfaces.`, {
      remedy: 'Detach one of them first.',
    })
  const use = {
    instanceId: instance.id,
    deviceId: instance.id,
    deviceOwner: computeOwner,
    deviceIndex: firstFree(instance.ports.map(({ deviceIndex }) => deviceIndex)),
  }
  const portId =
    'portId' in wish ? await bind(tx, instance, wish.portId, use) : await make(ctx, tx, instance, wish, use)
  const port = await tx.db.port.findUniqueOrThrow({ where: { id: portId }, include: portParts })
  announcePort(tx, 'portId' in wish ? 'updated' : 'created', port, portRow(port))
  return portId
}

/** Positions are used again, so that there are never more than {@link maxInterfaces}. */
const firstFree = (taken: readonly (number | null)[]): number => {
  let index = 0
  while (taken.includes(index)) index++
  return index
}

type Use = { instanceId: string; deviceId: string; deviceOwner: string; deviceIndex: number }

async function make(
  ctx: Ctx,
  tx: MutationTx,
  { projectId }: Attachee,
  { networkId, ip }: { networkId: string; ip?: string },
  use: Use,
): Promise<string> {
  const network = await tx.db.network.findFirst({
    where: { AND: [{ id: networkId }, usableBy(projectId)] },
    include: { subnets: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] } },
  })
  if (!network) throw notFound('network', networkId)
  requireNotDeleting(network)
  const fixedIps = ip === undefined ? undefined : [{ ipAddress: ip }]
  if (!isAdmin(ctx.actor) && network.projectId !== projectId) refuseChoices({ fixedIps })
  if (network.subnets.length === 0)
    throw invalid(
      'networkId',
      `The network ${network.name} has no subnet, so it has no addresses.`,
      'Add a subnet to it, or choose another network.',
    )
  const wishes = planFixedIps(fixedIps, network.subnets)
  const id = newId()
  const macAddress = await insertPort(tx.db, {
    id,
    networkId,
    projectId,
    portSecurity: network.portSecurity,
    deleteWithInstance: true,
    ...use,
  })
  await takeWishes(tx.db, { id, networkId, macAddress }, wishes, network.subnets)
  await joinGroups(tx, { id, projectId, portSecurity: network.portSecurity })
  await takeQuota(tx.db, projectId, { ports: 1 })
  return id
}

async function bind(tx: MutationTx, { projectId }: Attachee, portId: string, use: Use): Promise<string> {
  const port = await tx.db.port.findFirst({
    where: { id: portId, projectId },
    include: { instance: { select: { name: true } }, network: { select: { name: true, deleting: true } } },
  })
  if (!port) throw notFound('port', portId)
  requireNotDeleting(port.network)
  if (port.deviceOwner !== '')
    throw conflict(
      port.instance
        ? `The port is an interface of the instance ${port.instance.name}.`
        : 'The port is in use.',
      { field: 'portId', remedy: 'Choose another port.' },
    )
  const { count } = await tx.db.port.updateMany({
    where: { id: portId, deviceOwner: '', generation: port.generation },
    data: { ...use, generation: { increment: 1 } },
  })
  if (count === 0) throw conflict('The port was changed at the same moment.', { remedy: 'Try again.' })
  return portId
}
