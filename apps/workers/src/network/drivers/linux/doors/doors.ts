import { formatCidr, parseCidr } from '@nephos/core/addresses'
import { KeyedLock } from '../../../../compute/drivers/keyed-lock.ts'
import type { DoorSpec, DoorState, NetworkSpec } from '../../../driver.ts'
import { runIp } from '../host-tools.ts'
import { type Link, readLinks, removeLinks } from '../links.ts'
import { bridgeName } from '../names.ts'
import { namespaceInode } from '../namespaces.ts'
import { Machine, type MachineLink } from './machine.ts'
import { doorAlias, innerDoorName, isInnerDoor, masqueradeTable, outerDoorName, shareOf } from './names.ts'

/** Where the doors of a host are. */
export interface DoorsOptions {
  /** Namespace of the host, with the bridges. */
  hostNetns: string
  /** Namespace that external networks lead to; null: the machine's own. */
  machine: string | null
  /** Marks what is ours there. */
  owner: string
  log: { warn: (facts: object, message: string) => void }
}

const whole = 'machine'
const closed = (reason: string): DoorState => ({ open: false, reason })
const words = (error: unknown) => (error instanceof Error ? error.message : String(error))

/**
 * The doors of external networks on a host: a pair of interfaces from the network's bridge to the machine, where it has
 * the gateway's address, or a share of an interface of the machine. In the machine's own namespace nothing is touched
 * but what is marked as ours. A door that cannot be opened says why; the network works without it.
 */
export class Doors {
  readonly #options: DoorsOptions
  readonly #machine: Machine
  readonly #lock = new KeyedLock()
  readonly #states = new Map<string, DoorState>()
  /** Ranges that are masqueraded, by network. */
  readonly #masqueraded = new Map<string, { cidrs: string[]; door: string }>()
  #rules = ''

  constructor(options: DoorsOptions) {
    this.#options = options
    this.#machine = new Machine(options.machine)
  }

  /** What has become of the door of a network; null where it has none. */
  state(networkId: string): DoorState | null {
    return this.#states.get(networkId) ?? null
  }

  /** Makes the door of a network what it is to be. The bridge must be there. @param links what the host has now */
  async ensure(network: NetworkSpec, links: readonly Link[]): Promise<void> {
    const { networkId, segmentId, door } = network
    const found = links.find(({ name }) => name === innerDoorName(segmentId))
    if (!door) {
      if (found || this.#states.has(networkId)) await this.remove(networkId, segmentId)
      return
    }
    await this.#lock.run(whole, async () => {
      const before = this.#states.get(networkId)
      const state = await this.#open(network, door, found).catch((error) => closed(words(error)))
      if (!state.open) await this.#shut(networkId, segmentId).catch(() => {})
      this.#states.set(networkId, state)
      if (state.reason !== '' && state.reason !== before?.reason)
        this.#options.log.warn({ networkId, ...state }, 'the door of an external network')
    })
  }

  /** Takes the door of a network away. */
  remove(networkId: string, segmentId: number): Promise<void> {
    return this.#lock.run(whole, async () => {
      if (!this.#states.delete(networkId)) return
      await this.#shut(networkId, segmentId)
    })
  }

  /** Removes doors that none of these networks wants. */
  removeOthers(wanted: readonly NetworkSpec[]): Promise<void> {
    return this.#lock.run(whole, async () => {
      const { hostNetns, owner } = this.#options
      const kept = wanted.filter(({ door }) => door)
      const inner = new Set(kept.map(({ segmentId }) => innerDoorName(segmentId)))
      const stray = (await readLinks(hostNetns)).filter(({ name }) => isInnerDoor(name) && !inner.has(name))
      await removeLinks(
        hostNetns,
        stray.map(({ name }) => name),
      )
      const aliases = new Set(kept.map(({ networkId }) => doorAlias(owner, networkId)))
      const ours = await this.#ours()
      await this.#delete(ours.filter(({ alias }) => !aliases.has(alias)))
      const ids = new Set(kept.map(({ networkId }) => networkId))
      for (const networkId of this.#states.keys()) if (!ids.has(networkId)) this.#states.delete(networkId)
      for (const networkId of this.#masqueraded.keys())
        if (!ids.has(networkId)) this.#masqueraded.delete(networkId)
      if (kept.length > 0 || ours.length > 0 || this.#rules !== '') await this.#applyRules(true)
    })
  }

  /** Removes all of ours from the machine. */
  destroy(): Promise<void> {
    return this.#lock.run(whole, async () => {
      await this.#delete(await this.#ours())
      const name = masqueradeTable(this.#options.owner)
      await this.#machine.nft(`delete table ip ${name}\n`).catch(() => {})
      this.#states.clear()
      this.#masqueraded.clear()
      this.#rules = ''
    })
  }

  async #open(network: NetworkSpec, door: DoorSpec, found: Link | undefined): Promise<DoorState> {
    if (door.interface) return this.#share(network, { ...door, interface: door.interface }, found)
    return this.#meetMachine(network, door, found)
  }

  /** A pair whose outer end is the machine on the network. */
  async #meetMachine(network: NetworkSpec, door: DoorSpec, found: Link | undefined): Promise<DoorState> {
    const { networkId, segmentId, mtu } = network
    const { hostNetns, machine, owner } = this.#options
    const [inner, outer] = [innerDoorName(segmentId), outerDoorName(owner, segmentId)]
    if (door.addresses.length === 0) return closed('None of its subnets has a gateway address.')
    const cidrs = door.addresses.map((address) => formatCidr(parseCidr(address)!))
    for (const cidr of cidrs) {
      const usage = await this.#machine.usage(cidr, outer)
      if (usage) return closed(`${usage} It overlaps with ${cidr}: give the external network another range.`)
    }
    const end = (await this.#machine.links()).find(({ name }) => name === outer)
    const complete = found?.kind === 'veth' && end !== undefined
    if (!complete) {
      await removeLinks(hostNetns, found ? [inner] : [])
      await this.#delete((await this.#ours()).filter(({ name }) => name === outer))
      const peer = `peer name ${inner} mtu ${mtu} netns ${hostNetns}`
      await this.#machine.run([`link add name ${outer} address ${door.mac} mtu ${mtu} type veth ${peer}`])
      await this.#machine.set(`net/ipv6/conf/${outer}/disable_ipv6`, '1')
    }
    await runIp(hostNetns, [`link set dev ${inner} mtu ${mtu} master ${bridgeName(segmentId)} up`])
    await this.#machine.run(
      outerCommands(outer, doorAlias(owner, networkId), network, complete ? end : undefined),
    )
    if (door.masquerade) this.#masqueraded.set(networkId, { cidrs, door: outer })
    else this.#masqueraded.delete(networkId)
    await this.#applyRules(false)
    const forwards = !door.masquerade || (await this.#machine.setting('net/ipv4/ip_forward')) === '1'
    const where = machine ?? 'this machine'
    return {
      open: true,
      reason: forwards ? '' : `Nothing is passed on: net.ipv4.ip_forward is 0 on ${where}.`,
    }
  }

  /** A share of an interface of the machine, or a VLAN on it, that is a port of the bridge. */
  async #share(
    network: NetworkSpec,
    { interface: parent, vlan = null }: DoorSpec & { interface: string },
    found: Link | undefined,
  ): Promise<DoorState> {
    const { segmentId, mtu } = network
    const { hostNetns } = this.#options
    const inner = innerDoorName(segmentId)
    const link = (await this.#machine.links()).find(({ name }) => name === parent)
    if (!link) return closed(`The machine has no interface ${parent}.`)
    if (!link.up) return closed(`The interface ${parent} is switched off.`)
    const { kind, alias, command } = shareOf(parent, vlan, inner, hostNetns)
    if (found && (found.kind !== kind || found.alias !== alias)) await removeLinks(hostNetns, [inner])
    if (found?.kind !== kind || found.alias !== alias) {
      await this.#machine.run([command])
      await runIp(hostNetns, [`link set dev ${inner} alias ${alias}`])
    }
    const size = Math.min(mtu, link.mtu)
    await runIp(hostNetns, [`link set dev ${inner} mtu ${size} master ${bridgeName(segmentId)} up`])
    return {
      open: true,
      reason: size < mtu ? `The interface ${parent} carries frames of ${link.mtu} bytes only.` : '',
    }
  }

  async #shut(networkId: string, segmentId: number): Promise<void> {
    const { hostNetns, owner } = this.#options
    const ours = await this.#ours()
    await this.#delete(ours.filter(({ alias }) => alias === doorAlias(owner, networkId)))
    if ((await namespaceInode(hostNetns)) !== null) {
      const left = (await readLinks(hostNetns)).some(({ name }) => name === innerDoorName(segmentId))
      if (left) await removeLinks(hostNetns, [innerDoorName(segmentId)])
    }
    if (this.#masqueraded.delete(networkId)) await this.#applyRules(false)
  }

  async #ours(): Promise<MachineLink[]> {
    const links = await this.#machine.links().catch(() => [])
    return links.filter(({ alias }) => alias.startsWith(doorAlias(this.#options.owner, '')))
  }

  /** Both ends go at once; one that went by itself is fine. */
  async #delete(links: readonly MachineLink[]): Promise<void> {
    for (const { name } of links)
      await this.#machine.run([`link del dev ${name}`]).catch(async (error) => {
        if ((await this.#machine.links()).some((link) => link.name === name)) throw error
      })
  }

  async #applyRules(anyway: boolean): Promise<void> {
    const name = masqueradeTable(this.#options.owner)
    const rules = [...this.#masqueraded.values()].flatMap(({ cidrs, door }) =>
      cidrs.map((cidr) => `    ip saddr ${cidr} oifname != "${door}" masquerade\n`),
    )
    const text =
      rules.length === 0
        ? ''
        : `table ip ${name} {\n  chain postrouting {\n    type nat hook postrouting priority srcnat; policy accept;\n${rules.join('')}  }\n}\n`
    if (!anyway && text === this.#rules) return
    if (text === '' && this.#rules === '') {
      await this.#machine.nft(`delete table ip ${name}\n`).catch(() => {})
      return
    }
    await this.#machine.nft(`table ip ${name}\ndelete table ip ${name}\n${text}`)
    this.#rules = text
  }
}

function outerCommands(
  name: string,
  alias: string,
  { mtu, door }: NetworkSpec,
  found: MachineLink | undefined,
): string[] {
  const { mac, addresses } = door!
  const present = found?.addresses ?? []
  return [
    ...(found?.alias === alias ? [] : [`link set dev ${name} alias ${alias}`]),
    ...present.filter((one) => !addresses.includes(one)).map((one) => `addr del ${one} dev ${name}`),
    ...(found?.up && found.mac === mac && found.mtu === mtu
      ? []
      : [`link set dev ${name} address ${mac} mtu ${mtu} up`]),
    ...addresses.filter((one) => !present.includes(one)).map((one) => `addr add ${one} brd + dev ${name}`),
  ]
}
