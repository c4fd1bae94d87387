import { type Network, newId, type Prisma, type Tx } from '@nephos/db'
import type { Audience } from '@nephos/jobs'
import { type Ctx, conflict, isAdmin, requireProject } from '../../kernel/index.ts'
import { uncountedOwners } from '../ports/owners.ts'

/** What a network can be given to other projects for: to put ports on it, or to reach the outside by it. */
export const shareActions = ['access_as_shared', 'access_as_external'] as const
export type ShareAction = (typeof shareActions)[number]

/** Stands for every project. */
export const everyProject = '*'

/** One project, or every one, that a network is given to. */
export interface NetworkShare {
  action: ShareAction
  projectId: string
}

/** What to read with a network to know whom it is given to. */
export const withShares = {
  shares: {
    select: { action: true, targetProject: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  },
} as const satisfies Prisma.NetworkInclude

/** A network read {@link withShares}. */
export type SharedNetwork = Network & { shares: { action: string; targetProject: string }[] }
type Given = Pick<SharedNetwork, 'projectId' | 'shared' | 'shares'>

/** The networks that a project sees: its own, and those that are given to it or to every project. */
export const seenBy = (projectId: string): Prisma.NetworkWhereInput => ({
  OR: [
    { projectId },
    { shared: true },
    { shares: { some: { targetProject: { in: [projectId, everyProject] } } } },
  ],
})

/** The networks that a project may put ports on. */
export const usableBy = (projectId: string): Prisma.NetworkWhereInput => ({
  OR: [
    { projectId },
    { shared: true },
    { shares: { some: { action: 'access_as_shared', targetProject: projectId } } },
  ],
})

/** Whether a project may put ports on a network that it sees. */
export const isUsable = ({ projectId: owner, shared, shares }: Given, projectId: string): boolean =>
  owner === projectId ||
  shared ||
  shares.some(({ action, targetProject }) => action === 'access_as_shared' && targetProject === projectId)

const isForEveryone = ({ shared, shares }: Pick<Given, 'shared' | 'shares'>): boolean =>
  shared || shares.some(({ targetProject }) => targetProject === everyProject)

/** The projects besides its own that a network is given to by name. */
const namedTargets = ({ shares }: Pick<Given, 'shares'>): string[] => [
  ...new Set(shares.map(({ targetProject }) => targetProject).filter((target) => target !== everyProject)),
]

/** Who may see changes of what belongs to the network. */
export const networkAudience = (network: Given): Audience =>
  isForEveryone(network) ? { kind: 'everyone' } : { kind: 'project', projectId: network.projectId }

/** Who may see changes of the network itself, its owner first. */
export const networkAudiences = (network: Given): Audience[] => [
  networkAudience(network),
  ...(isForEveryone(network)
    ? []
    : namedTargets(network).map((projectId): Audience => ({ kind: 'project', projectId }))),
]

/** What whoever is told of a network learns of whom else it is given to; null: nothing is said of it. */
export function sharesTold(network: Given, audience: Audience | Ctx): NetworkShare[] | null {
  const all = network.shares.map(({ action, targetProject }) => ({
    action: action as ShareAction,
    projectId: targetProject,
  }))
  if ('kind' in audience && audience.kind !== 'project') return null
  const told = 'kind' in audience ? audience.projectId : isAdmin(audience.actor) ? null : projectOf(audience)
  return told === null || told === network.projectId
    ? all
    : all.filter(({ projectId }) => projectId === told || projectId === everyProject)
}

const projectOf = (ctx: Ctx): string => requireProject(ctx).id

/** Keeps the policies for every project in step with what is said of the network as a whole. */
export async function matchWildcards(
  db: Tx,
  network: { id: string; projectId: string },
  { shared, external }: { shared?: boolean; external?: boolean },
): Promise<void> {
  const wanted = { access_as_shared: shared, access_as_external: external }
  for (const action of shareActions) {
    const is = wanted[action]
    if (is === undefined) continue
    const key = { networkId: network.id, action, targetProject: everyProject }
    if (is)
      await db.networkRbac.upsert({
        where: { networkId_action_targetProject: key },
        create: { id: newId(), projectId: network.projectId, ...key },
        update: {},
      })
    // Whom it was given to as the way out has none of it any more.
    else if (action === 'access_as_external')
      await db.networkRbac.deleteMany({ where: { networkId: network.id, action } })
    else await db.networkRbac.deleteMany({ where: key })
  }
}

/**
 * Refuses to take a network away from projects that have ports on it.
 * @param from the project, or every project but those that it is still given to
 * @throws NephosError conflict
 */
export async function refuseForeignPorts(
  db: Tx,
  network: SharedNetwork,
  from: string,
  field: string,
): Promise<void> {
  const keep = [network.projectId, ...targetsOf(network, 'access_as_shared')]
  const ports = await db.port.count({
    where: {
      networkId: network.id,
      projectId: from === everyProject ? { notIn: keep } : from,
      deviceOwner: { notIn: [...uncountedOwners] },
    },
  })
  if (ports > 0)
    throw conflict(
      `${from === everyProject ? 'Other projects have' : 'The project has'} ${ports} ${ports === 1 ? 'port' : 'ports'} on the network ${network.name}.`,
      {
        field,
        remedy: 'It can be taken away when they are gone.',
        detail: { reason: 'used_by_other_projects', ports },
      },
    )
}

/**
 * Refuses to take the way out away from projects that use it.
 * @param from the project, or every project but those that it is still given to
 * @throws NephosError conflict naming how many routers and floating IPs need it
 */
export async function refuseExternalUse(
  db: Tx,
  network: SharedNetwork,
  from: string,
  field: string,
): Promise<void> {
  const keep = [network.projectId, ...targetsOf(network, 'access_as_external')]
  const projectId = from === everyProject ? { notIn: keep } : from
  const routers = await db.router.count({ where: { externalNetworkId: network.id, projectId } })
  const floatingIps = await db.floatingIp.count({ where: { networkId: network.id, projectId } })
  throwExternalUse(network.name, routers, floatingIps, field)
}

/** Refuses to make a network no way out at all while anybody, its owner included, uses it. @throws NephosError conflict */
export async function refuseAllExternalUse(db: Tx, network: Network): Promise<void> {
  const routers = await db.router.count({ where: { externalNetworkId: network.id } })
  const floatingIps = await db.floatingIp.count({ where: { networkId: network.id } })
  throwExternalUse(network.name, routers, floatingIps, 'external')
}

function throwExternalUse(name: string, routers: number, floatingIps: number, field: string): void {
  if (routers + floatingIps === 0) return
  const parts = [
    routers > 0
      ? `${routers} ${routers === 1 ? 'router has its gateway' : 'routers have their gateways'} on it`
      : '',
    floatingIps > 0 ? `${floatingIps} floating ${floatingIps === 1 ? 'IP is' : 'IPs are'} of it` : '',
  ].filter((part) => part !== '')
  throw conflict(`The network ${name} is in use as an external network: ${parts.join(', ')}.`, {
    field,
    remedy: 'Clear these gateways and release these floating IPs first.',
    detail: { reason: 'external_network_in_use', routers, floatingIps },
  })
}

const targetsOf = ({ shares }: Pick<Given, 'shares'>, wanted: ShareAction): string[] =>
  shares
    .filter(({ action, targetProject }) => action === wanted && targetProject !== everyProject)
    .map(({ targetProject }) => targetProject)
