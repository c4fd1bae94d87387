import type { Db, Tx } from '@nephos/db'
import { type Ctx, isAdmin, NephosError } from '../kernel/index.ts'

/** What a network worker says of its host, in the host's facts: why something cannot be done there, or null. */
interface NetworkFacts {
  noSecurityGroups?: string | null
  noRateLimits?: string | null
  noIpv6?: string | null
  noVlans?: string | null
  /** Physical networks that it has an interface for; missing where networks are simulated. */
  physicalNetworks?: string[]
}

/** Something that not every host can do. */
export type Inability = Exclude<keyof NetworkFacts, 'physicalNetworks'>

/** A host that cannot do something. */
export interface UnableHost {
  /** null for whoever is not an administrator. */
  name: string | null
  reason: string
}

async function readFacts(db: Db | Tx): Promise<{ name: string; facts: NetworkFacts }[]> {
  const hosts = await db.host.findMany({
    where: { networkDriver: { not: '' } },
    select: { name: true, facts: true },
    orderBy: { name: 'asc' },
  })
  return hosts.map(({ name, facts }) => ({
    name,
    facts: (facts as { network?: NetworkFacts } | null)?.network ?? {},
  }))
}

/** The hosts that cannot do this, with the reasons. */
export async function unableHosts(ctx: Ctx, db: Db | Tx, what: Inability): Promise<UnableHost[]> {
  const admin = isAdmin(ctx.actor)
  return (await readFacts(db)).flatMap(({ name, facts }) =>
    facts[what] ? [{ name: admin ? name : null, reason: facts[what] }] : [],
  )
}

/**
 * Refuses what no host could honour.
 * @param words "No host can …"
 * @throws NephosError unsupported with the reason of a host
 */
export async function requireAbility(
  db: Db | Tx,
  what: Inability,
  words: string,
  field?: string,
): Promise<void> {
  const hosts = await readFacts(db)
  if (hosts.length === 0 || hosts.some(({ facts }) => !facts[what])) return
  throw new NephosError('unsupported', `${words} ${hosts[0]!.facts[what]}`, {
    ...(field && { field }),
    remedy: 'See `./nephos doctor` on the hosts.',
  })
}

/** Refuses a physical network that no host has an interface for. @throws NephosError invalid_input naming the field */
export async function requirePhysicalNetwork(db: Db | Tx, name: string): Promise<void> {
  const hosts = await readFacts(db)
  const known = hosts.flatMap(({ facts }) => facts.physicalNetworks ?? [])
  const unknowing = hosts.some(({ facts }) => facts.physicalNetworks === undefined)
  if (hosts.length === 0 || unknowing || known.includes(name)) return
  throw new NephosError('invalid_input', `No host has the physical network ${name}.`, {
    field: 'physicalNetwork',
    remedy:
      known.length > 0
        ? `There are: ${[...new Set(known)].sort().join(', ')}.`
        : 'Name its interface in external_interfaces of the configuration of a host.',
  })
}
