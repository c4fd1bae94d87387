import { insertMissingNamed, type Subnet, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { sizeOf } from './ipv4.ts'
import { blocksOf, pickAddresses } from './pick.ts'
import { type AddressSpace, spaceOf } from './space.ts'

/** A port that wants one address of its network. */
export interface AddressWish {
  portId: string
  networkId: string
}

/** One address taken for a port. */
export interface TakenAddress {
  portId: string
  subnetId: string
  ipAddress: string
}

/** What allocation needs to know of a subnet. */
export type PoolSubnet = Pick<Subnet, 'id' | 'networkId' | 'name' | 'cidr' | 'ipVersion' | 'pools'>

interface Candidate extends TakenAddress {
  networkId: string
}

const maxAttempts = 40
/** Addresses of a pool for each one wanted, so that a guess is likely to be free. */
const worthGuessing = 32
const blockLength = 1_024
const listable = 4_096

/**
 * Takes one address for each port, from the first subnet of its network that has one. An address is chosen at random
 * and inserted under the table's unique key; when somebody has it, another one is taken, from then on among those that
 * look free. In a network with room one query for the whole batch, and two more when a guess was taken already. The
 * ports' rows must exist.
 * @param subnets of the networks wished for, in the order in which they are to be filled
 * @throws NephosError conflict naming the full subnet, with its numbers
 */
export async function takeAddresses(
  db: Tx,
  wishes: readonly AddressWish[],
  subnets: readonly PoolSubnet[],
): Promise<TakenAddress[]> {
  const taken: TakenAddress[] = []
  let open = [...wishes]
  for (let attempt = 1; open.length > 0; attempt++) {
    if (attempt > maxAttempts)
      throw conflict('Too many requests take addresses of this network at once.', { remedy: 'Try again.' })
    const candidates = (attempt === 1 && guess(open, subnets)) || (await chooseCandidates(db, open, subnets))
    candidates.sort((a, b) => compare(a.networkId, b.networkId) || compare(a.ipAddress, b.ipAddress))
    const served = await insertMissingNamed(db, { table: 'AddressAllocation', rows: candidates }, 'portId')
    taken.push(...candidates.filter(({ portId }) => served.has(portId)))
    open = open.filter(({ portId }) => !served.has(portId))
  }
  return taken.map(({ portId, subnetId, ipAddress }) => ({ portId, subnetId, ipAddress }))
}

/** Any addresses of the first subnets' pools, free or not; null where a pool is too small for a lucky guess. */
function guess(wishes: readonly AddressWish[], subnets: readonly PoolSubnet[]): Candidate[] | null {
  const candidates: Candidate[] = []
  for (const networkId of new Set(wishes.map((wish) => wish.networkId))) {
    const subnet = subnets.find((candidate) => candidate.networkId === networkId)
    const ports = wishes.filter((wish) => wish.networkId === networkId)
    const space = subnet && spaceOf(subnet)
    if (!space || sizeOf(space.ranges) < ports.length * worthGuessing) return null
    const picked = pickAddresses(space.ranges, ports.length)
    for (const [index, { portId }] of ports.entries())
      candidates.push({ portId, networkId, subnetId: subnet.id, ipAddress: space.format(picked[index]!) })
  }
  return candidates
}

async function chooseCandidates(
  db: Tx,
  wishes: readonly AddressWish[],
  subnets: readonly PoolSubnet[],
): Promise<Candidate[]> {
  const networks = [...new Set(wishes.map(({ networkId }) => networkId))].map((networkId) => {
    const own = subnets.filter((subnet) => subnet.networkId === networkId)
    const ports = wishes.filter((wish) => wish.networkId === networkId).map(({ portId }) => portId)
    const first = own[0]
    const space = first && spaceOf(first)
    const guesses = space ? pickAddresses(space.ranges, ports.length * 4 + 4).map(space.format) : []
    return { networkId, own, ports, guesses }
  })
  const used = await db.addressAllocation.findMany({
    where: {
      OR: networks.map(({ networkId, guesses }) => ({ networkId, ipAddress: { in: guesses } })),
    },
    select: { networkId: true, ipAddress: true },
  })
  const usedKeys = new Set(used.map(({ networkId, ipAddress }) => `${networkId} ${ipAddress}`))
  const candidates: Candidate[] = []
  for (const { networkId, own, ports, guesses } of networks) {
    const free = guesses.filter((guess) => !usedKeys.has(`${networkId} ${guess}`))
    const chosen = free.slice(0, ports.length).map((ipAddress) => ({ subnetId: own[0]!.id, ipAddress }))
    if (chosen.length < ports.length) {
      chosen.length = 0
      for (const subnet of own)
        for (const ipAddress of await searchFree(db, subnet, ports.length - chosen.length))
          chosen.push({ subnetId: subnet.id, ipAddress })
    }
    if (chosen.length < ports.length) throw await exhausted(db, own, ports.length)
    candidates.push(...ports.map((portId, index) => ({ portId, networkId, ...chosen[index]! })))
  }
  return candidates
}

/** Up to `count` addresses of the subnet that are free now, found even when they are the last ones. */
async function searchFree(db: Tx, subnet: PoolSubnet, count: number): Promise<string[]> {
  if (count <= 0) return []
  const space = spaceOf(subnet)
  const where = { subnetId: subnet.id }
  const size = sizeOf(space.ranges)
  if (size <= listable) {
    const used = await db.addressAllocation.findMany({ where, select: { ipAddress: true } })
    return pickAddresses(space.ranges, count, numbers(space, used)).map(space.format)
  }
  if ((await db.addressAllocation.count({ where })) >= size) return []
  const free: string[] = []
  for (const block of blocksOf(space.ranges, blockLength)) {
    const addresses = block.map(space.format)
    const used = await db.addressAllocation.findMany({
      where: { ...where, ipAddress: { in: addresses } },
      select: { ipAddress: true },
    })
    const usedHere = new Set(used.map(({ ipAddress }) => ipAddress))
    free.push(...addresses.filter((address) => !usedHere.has(address)))
    if (free.length >= count) break
  }
  return free.slice(0, count)
}

async function exhausted(db: Tx, subnets: readonly PoolSubnet[], wanted: number) {
  const counts = await db.addressAllocation.groupBy({
    by: ['subnetId'],
    where: { subnetId: { in: subnets.map(({ id }) => id) } },
    _count: true,
  })
  const facts = subnets.map((subnet) => ({
    subnetId: subnet.id,
    name: subnet.name || subnet.cidr,
    cidr: subnet.cidr,
    used: counts.find(({ subnetId }) => subnetId === subnet.id)?._count ?? 0,
    total: sizeOf(spaceOf(subnet).ranges),
  }))
  const full = facts.map(({ name, cidr, used, total }) => {
    const label = name === cidr ? cidr : `${name} (${cidr})`
    return `${label}: ${used} of ${total} are in use`
  })
  const what = wanted === 1 ? 'no free address' : `not enough free addresses for ${wanted} ports`
  return conflict(`The network has ${what}. ${full.join('; ')}.`, {
    remedy: 'Delete ports that are no longer needed, or add a subnet to the network.',
    detail: { reason: 'no_free_address', wanted, subnets: facts },
  })
}

const numbers = (space: AddressSpace, rows: { ipAddress: string }[]): Set<number> =>
  new Set(rows.map(({ ipAddress }) => space.parse(ipAddress)).filter((number) => number !== null))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
