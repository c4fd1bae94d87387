import { protocolNumber, type Services } from '@nephos/core'
import { KeyedLock } from '../../compute/drivers/keyed-lock.ts'
import { allowedPairs } from '../desired.ts'
import type { FirewallSpec, GroupMemberSpec, NetworkDriver, SecurityGroupSpec } from '../driver.ts'
import { readAddressGroups } from './address-groups.ts'

/** What is read of a port to know what it adds to the groups that it is in. */
const memberFacts = {
  id: true,
  networkId: true,
  macAddress: true,
  allowedAddressPairs: true,
  allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
  securityGroups: { select: { groupId: true } },
} as const

interface MemberFacts {
  id: string
  networkId: string
  macAddress: string
  allowedAddressPairs: unknown
  allocations: { ipAddress: string }[]
  securityGroups: { groupId: string }[]
}

/** What an event says of a port. */
export interface AnnouncedPort {
  networkId: string
  fixedIps: { ipAddress: string }[]
  securityGroups: { id: string }[]
}

const everything = 'all'

/**
 * The security groups that the ports of one host need: their rules, and who is in the groups that those name. What is
 * known is kept; a change reads what changed. The driver is told after each.
 */
export class HostSecurityGroups {
  readonly #db: Services['db']
  readonly #driver: Pick<NetworkDriver, 'setFirewall'>
  readonly #lock = new KeyedLock()
  readonly #groups = new Map<string, SecurityGroupSpec>()
  /** Of each group that a rule names: its ports, and what each adds. An address group adds all by itself. */
  readonly #members = new Map<string, Map<string, GroupMemberSpec[]>>()
  /** Which of those are address groups. */
  readonly #addressGroups = new Set<string>()
  /** The same as the driver is told, made again when it changed. */
  readonly #told = new Map<string, GroupMemberSpec[]>()

  constructor(db: Services['db'], driver: Pick<NetworkDriver, 'setFirewall'>) {
    this.#db = db
    this.#driver = driver
  }

  /** Makes sure that these groups are known, before a port that has them is wired. */
  ensure(groupIds: Iterable<string>): Promise<void> {
    return this.#lock.run(everything, async () => {
      const missing = [...new Set(groupIds)].filter((id) => !this.#groups.has(id))
      if (missing.length === 0) return
      await this.#readRules(missing)
      await this.#tell()
    })
  }

  /** Reads all that ports with these groups need, whatever was known. */
  reload(groupIds: Iterable<string>): Promise<void> {
    return this.#lock.run(everything, async () => {
      this.#groups.clear()
      this.#members.clear()
      this.#told.clear()
      this.#addressGroups.clear()
      await this.#readRules([...new Set(groupIds)])
      await this.#tell()
    })
  }

  /** Reads a group whose rules, or whose addresses, have changed. One that no port here needs is left alone. */
  groupChanged(id: string): Promise<void> {
    return this.#lock.run(everything, async () => {
      if (!this.#groups.has(id) && !this.#members.has(id)) return
      if (this.#groups.has(id)) await this.#readRules([id])
      else if (this.#addressGroups.has(id)) await this.#readAddresses([id])
      await this.#tell()
    })
  }

  /**
   * Whether what is said of a port concerns the members of a group that rules here name.
   * @param port null: it is gone
   */
  concerns(id: string, port: AnnouncedPort | null): boolean {
    for (const [groupId, members] of this.#members) {
      const known = members.get(id)
      const isIn = port?.securityGroups.some((group) => group.id === groupId) ?? false
      if (isIn !== (known !== undefined)) return true
      // Besides its addresses it may have pairs that the event does not tell of.
      if (isIn && !port!.fixedIps.every(({ ipAddress }) => known!.some((one) => one.address === ipAddress)))
        return true
      if (isIn && known!.length !== port!.fixedIps.length) return true
    }
    return false
  }

  /** Reads these ports again, as members of groups. */
  portsChanged(ids: readonly string[]): Promise<void> {
    return this.#lock.run(everything, async () => {
      const ports = await this.#db.port.findMany({ where: { id: { in: [...ids] } }, select: memberFacts })
      const byId = new Map(ports.map((port) => [port.id, port]))
      for (const [groupId, members] of this.#members)
        for (const id of ids) {
          const port = byId.get(id)
          const isIn = port?.securityGroups.some((group) => group.groupId === groupId)
          if (port && isIn) members.set(id, membersOf(port))
          else if (!members.delete(id)) continue
          this.#told.delete(groupId)
        }
      await this.#tell()
    })
  }

  async #readRules(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const groups = await this.#db.securityGroup.findMany({
      where: { id: { in: ids } },
      select: {
        id: true,
        stateful: true,
        rules: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
      },
    })
    for (const id of ids) this.#groups.delete(id)
    for (const { id, stateful, rules } of groups)
      this.#groups.set(id, {
        groupId: id,
        stateful,
        rules: rules.map((rule) => ({
          direction: rule.direction as 'ingress' | 'egress',
          ethertype: rule.ethertype as 'IPv4' | 'IPv6',
          protocol: rule.protocol === null ? null : protocolNumber(rule.protocol),
          portMin: rule.portMin,
          portMax: rule.portMax,
          cidr: rule.remoteIpPrefix,
          groupId: rule.remoteGroupId ?? rule.remoteAddressGroupId,
        })),
      })
    for (const { remoteAddressGroupId } of groups.flatMap(({ rules }) => rules))
      if (remoteAddressGroupId) this.#addressGroups.add(remoteAddressGroupId)
    await this.#readMembers()
  }

  /** Members of the groups that rules name now, as far as they are not known; others are forgotten. */
  async #readMembers(): Promise<void> {
    const named = new Set(
      [...this.#groups.values()].flatMap(({ rules }) => rules.flatMap(({ groupId }) => groupId ?? [])),
    )
    for (const id of this.#members.keys())
      if (!named.has(id)) {
        this.#members.delete(id)
        this.#told.delete(id)
        this.#addressGroups.delete(id)
      }
    const missing = [...named].filter((id) => !this.#members.has(id))
    if (missing.length === 0) return
    const ports = await this.#db.port.findMany({
      where: { securityGroups: { some: { groupId: { in: missing } } } },
      select: memberFacts,
    })
    for (const id of missing) this.#members.set(id, new Map())
    for (const port of ports)
      for (const { groupId } of port.securityGroups)
        if (missing.includes(groupId)) this.#members.get(groupId)!.set(port.id, membersOf(port))
    await this.#readAddresses(missing.filter((id) => this.#addressGroups.has(id)))
  }

  async #readAddresses(ids: readonly string[]): Promise<void> {
    for (const [id, members] of await readAddressGroups(this.#db, ids)) {
      this.#members.set(id, new Map([[id, members]]))
      this.#told.delete(id)
    }
  }

  #tell(): Promise<void> {
    for (const [groupId, members] of this.#members)
      if (!this.#told.has(groupId)) this.#told.set(groupId, [...members.values()].flat())
    const spec: FirewallSpec = { groups: new Map(this.#groups), members: new Map(this.#told) }
    return this.#driver.setFirewall(spec)
  }
}

const membersOf = (port: MemberFacts): GroupMemberSpec[] => [
  ...port.allocations.map(({ ipAddress }) => ({ networkId: port.networkId, address: ipAddress })),
  ...allowedPairs(port).map(({ cidr }) => ({
    networkId: port.networkId,
    address: cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, ''),
  })),
]
