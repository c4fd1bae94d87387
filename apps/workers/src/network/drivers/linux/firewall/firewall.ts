import { tapName } from '@nephos/core'
import { z } from 'zod'
import { KeyedLock } from '../../../../compute/drivers/keyed-lock.ts'
import type { FirewallSpec, NetworkSpec, PortSpec } from '../../../driver.ts'
import { runNft, runTool } from '../host-tools.ts'
import { linkLocalOf } from '../ipv6/guard6.ts'
import { kernelHasIpv6 } from '../ipv6/kernel.ts'
import { bridgeName } from '../names.ts'
import { namespaceInode } from '../namespaces.ts'
import { buildModel, type FilteredNetwork, type FilteredPort, MemberCache } from './build.ts'
import { endOf, familyOf, forbiddenFlows, parseFlows } from './flows.ts'
import { emptyModel, type FirewallModel, firewallChange, firewallTable, firewallText } from './model.ts'

/** How long the connections of a guest that has moved here are taken over without having been seen before, in seconds. */
const arrivalSeconds = 120
const whole = 'tables'

const ipv6Setting = 'bridge/bridge-nf-call-ip6tables'

/** Bridged packets are shown to conntrack, which takes part in the middle of connections: {@link firewallText} says when. */
const settings = [
  ['bridge/bridge-nf-call-iptables', 1],
  [ipv6Setting, 1],
  ['netfilter/nf_conntrack_tcp_loose', 1],
  ['netfilter/nf_conntrack_tcp_be_liberal', 1],
] as const

/** What is told of problems that stop nothing. */
type Log = { warn: (facts: object, message: string) => void }

/** Security groups of a host, kept in step with the kernel: one change at a time, each costs what it changes. */
export class Firewall {
  readonly #netns: string
  readonly #log: Log
  readonly #lock = new KeyedLock()
  readonly #cache = new MemberCache()
  readonly #ports = new Map<string, FilteredPort>()
  readonly #networks = new Map<string, FilteredNetwork>()
  readonly #zones = new Map<string, number>()
  /** Taps whose connections are taken over, until when (of the monotonic clock, ms); null: the guest is still to come. */
  readonly #arrived = new Map<string, number | null>()
  #spec: FirewallSpec = { groups: new Map(), members: new Map() }
  #applied: FirewallModel = emptyModel
  /** The tables are as this process put them. */
  #known = false

  constructor(netns: string, log: Log) {
    this.#netns = netns
    this.#log = log
  }

  /** Makes this what groups say. */
  setSpec(spec: FirewallSpec): Promise<void> {
    this.#spec = spec
    return this.#apply()
  }

  /** Lets a network in. */
  setNetwork(network: NetworkSpec): Promise<void> {
    this.#networks.set(network.networkId, networkOf(network))
    return this.#apply()
  }

  /** Makes the rules of a port these. */
  setPort(port: PortSpec): Promise<void> {
    const filtered = portOf(port)
    const isNew = !this.#ports.has(filtered.tap)
    this.#ports.set(filtered.tap, filtered)
    return this.#apply(async () => {
      const waits = this.#arrived.get(filtered.tap)
      if (port.standby && waits === undefined) await this.#takeOver([filtered.tap], null)
      else if (!port.standby && waits === null) await this.#takeOver([filtered.tap], arrivalSeconds)
      // Whoever had the address before had connections, too.
      else if (isNew && !port.standby) await this.#endAll(filtered)
    })
  }

  /** The guests of these ports have moved here. */
  arrived(portIds: readonly string[]): Promise<void> {
    const taps = portIds.map(tapName).filter((tap) => this.#arrived.get(tap) === null)
    return this.#lock.run(whole, () => this.#takeOver(taps, arrivalSeconds))
  }

  /** Takes the rules of these taps away. */
  removePorts(taps: readonly string[]): Promise<void> {
    for (const tap of taps) this.#ports.delete(tap)
    return this.#apply(() => this.#takeOver(taps, 0))
  }

  /** Forgets a network whose bridge goes. */
  removeNetwork(networkId: string): Promise<void> {
    this.#networks.delete(networkId)
    this.#zones.delete(networkId)
    return this.#apply()
  }

  /** Puts exactly what these need in place, whatever is there. */
  replace(networks: readonly NetworkSpec[]): Promise<void> {
    return this.#lock.run(whole, async () => {
      this.#networks.clear()
      this.#ports.clear()
      for (const network of networks) {
        this.#networks.set(network.networkId, networkOf(network))
        for (const port of network.ports) {
          const filtered = portOf(port)
          this.#ports.set(filtered.tap, filtered)
          if (port.standby && !this.#arrived.has(filtered.tap)) this.#arrived.set(filtered.tap, null)
        }
      }
      for (const tap of this.#arrived.keys()) if (!this.#ports.has(tap)) this.#arrived.delete(tap)
      const lines = settings
        .filter(([key]) => key !== ipv6Setting || kernelHasIpv6())
        .map(([key, value]) => `echo ${value} >/proc/sys/net/${key}`)
      if (!this.#known) await this.#readZones()
      const before = this.#applied
      const first = !this.#known
      await this.#replaceTables()
      // Conntrack has its settings once a rule has asked for it.
      await runTool(['sh', '-c', `set -e; ${lines.join('; ')}`], { netns: this.#netns })
      if (first || firewallChange(before, this.#applied).narrower) await this.#cutForbidden()
    })
  }

  /** Brings the kernel to what is wanted now; calls that meet share one step. */
  #apply(also?: () => Promise<void>): Promise<void> {
    return this.#lock.run(whole, async () => {
      if ((await namespaceInode(this.#netns)) === null) return
      const model = this.#build()
      const { text, narrower } = firewallChange(this.#applied, model)
      if (text !== '') await this.#change(text, model)
      await also?.()
      if (narrower) await this.#cutForbidden()
    })
  }

  #build(): FirewallModel {
    for (const network of this.#networks.values()) this.#zoneOf(network)
    this.#cache.forgetExcept(new Set(this.#spec.members.keys()))
    return buildModel(this.#spec, this.#ports.values(), this.#networks, this.#zones, this.#cache)
  }

  async #change(text: string, model: FirewallModel): Promise<void> {
    try {
      await runNft(this.#netns, text)
      this.#applied = model
    } catch (error) {
      // Without having put the tables there nobody knows what else they hold: the host is repaired as a whole.
      if (!this.#known) throw error
      await this.#replaceTables()
    }
  }

  async #replaceTables(): Promise<void> {
    const model = this.#build()
    const now = performance.now()
    const arrived = [...this.#arrived].flatMap(([tap, until]): [string, number | null][] => {
      const left = until === null ? null : Math.ceil((until - now) / 1_000)
      return left !== null && left <= 0 ? [] : [[tap, left]]
    })
    await runNft(this.#netns, firewallText(model, new Map(arrived)))
    this.#applied = model
    this.#known = true
  }

  /** Zones have 16 bits, segments 24: mostly they are the same but for the remainder. */
  #zoneOf({ networkId, segmentId }: FilteredNetwork): number {
    const known = this.#zones.get(networkId)
    if (known) return known
    const taken = new Set(this.#zones.values())
    let zone = (segmentId % 65_535) + 1
    while (taken.has(zone)) zone = (zone % 65_535) + 1
    this.#zones.set(networkId, zone)
    return zone
  }

  /** The zones of an earlier process stay, and with them the connections in them. */
  async #readZones(): Promise<void> {
    const text = await runTool(['nft', '-j', 'list', 'map', 'inet', firewallTable, 'zones'], {
      netns: this.#netns,
    }).catch(() => '{}')
    const { data } = zoneSchema.safeParse(JSON.parse(text))
    const zones = new Map(data?.nftables.flatMap(({ map }) => map?.elem ?? []))
    for (const { networkId, bridge } of this.#networks.values()) {
      const zone = zones.get(bridge)
      if (zone !== undefined) this.#zones.set(networkId, zone)
    }
  }

  /** Takes over the connections of these taps for some seconds; null: until further notice, 0: not any more. */
  async #takeOver(taps: readonly string[], seconds: number | null): Promise<void> {
    const lines = taps.flatMap((tap) => {
      const name = `element bridge ${firewallTable} arrived { "${tap}"`
      const drop = this.#arrived.has(tap) ? [`add ${name} }`, `delete ${name} }`] : []
      if (seconds === 0) {
        this.#arrived.delete(tap)
        return drop
      }
      this.#arrived.set(tap, seconds === null ? null : performance.now() + seconds * 1_000)
      return [...drop, `add ${name}${seconds === null ? '' : ` timeout ${seconds}s`} }`]
    })
    if (lines.length > 0) await runNft(this.#netns, `${lines.join('\n')}\n`)
  }

  /** Ends what may not go on, and lets nobody take up again what was ended. */
  async #cutForbidden(): Promise<void> {
    const arrivals = [...this.#arrived].flatMap(([tap, until]) => (until === null ? [] : [tap]))
    await this.#takeOver(arrivals, 0)
    const networks = new Map([...this.#networks].map(([id, network]) => [this.#zones.get(id)!, network]))
    const judge = { spec: this.#spec, ports: [...this.#ports.values()], networks }
    await this.#conntrack(async () => {
      const texts = await Promise.all(
        (kernelHasIpv6() ? ['ipv4', 'ipv6'] : ['ipv4']).map((family) =>
          runTool(['conntrack', '-L', '-f', family], { netns: this.#netns }),
        ),
      )
      return forbiddenFlows(texts.flatMap(parseFlows), judge).map(endOf)
    })
  }

  async #endAll({ networkId, addresses }: FilteredPort): Promise<void> {
    const zone = this.#zones.get(networkId)
    if (zone === undefined) return
    await this.#conntrack(async () =>
      addresses
        .filter((address) => !address.includes('/'))
        .flatMap((address) =>
          ['-s', '-d'].map((side) => `-D${familyOf(address)} -w ${zone} ${side} ${address}`),
        ),
    )
  }

  async #conntrack(lines: () => Promise<string[]>): Promise<void> {
    try {
      const commands = await lines()
      if (commands.length > 0)
        // It opens its input by name, which the sockets that Node gives do not allow.
        await runTool(['sh', '-c', 'cat | conntrack -R -'], {
          netns: this.#netns,
          input: `${commands.join('\n')}\n`,
        })
    } catch (err) {
      this.#log.warn({ err }, 'connections could not be ended: is conntrack installed?')
    }
  }
}

const zoneSchema = z.object({
  nftables: z.array(
    z.object({
      map: z.object({ elem: z.array(z.tuple([z.string(), z.number()])).optional() }).optional(),
    }),
  ),
})

/** A range of one address is that address. */
const withoutLength = (cidr: string): string => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '')

const networkOf = ({ networkId, segmentId, subnets }: NetworkSpec): FilteredNetwork => ({
  networkId,
  bridge: bridgeName(segmentId),
  segmentId,
  cidrs: subnets.map(({ cidr }) => cidr),
})

const portOf = (port: PortSpec): FilteredPort => ({
  tap: tapName(port.portId),
  networkId: port.networkId,
  groups: port.portSecurity ? (port.securityGroups ?? null) : null,
  addresses: [
    ...port.ips,
    linkLocalOf(port.mac),
    ...(port.allowedPairs ?? []).map(({ cidr }) => withoutLength(cidr)),
  ],
})
