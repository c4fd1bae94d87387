import { NephosError } from '@nephos/core/errors'
import type { NetworkSpec } from '../../driver.ts'
import { readIp, runIp, runTool } from './host-tools.ts'
import { speaksIpv6 } from './ipv6/served.ts'
import { enableIpv6 } from './ipv6/settings.ts'
import { type Link, removeLinks } from './links.ts'
import { bridgeName, overlayName } from './names.ts'
import { changeOf, entriesOf, noEntries, type OverlayEntries, readEntries } from './overlay-entries.ts'
import { hostOnlyOf, OverlayRules } from './overlay-rules.ts'
import type { Underlay } from './underlay.ts'

/**
 * What joins the parts of a network that are on several hosts: a VXLAN device on the network's bridge, with the
 * network's segment as its id. It learns nothing by itself; where every port is comes from the database.
 */
export class Overlay {
  readonly #netns: string
  readonly #underlay: Underlay
  readonly #rules: OverlayRules
  readonly #applied = new Map<string, OverlayEntries>()

  constructor(netns: string, underlay: Underlay) {
    this.#netns = netns
    this.#underlay = underlay
    this.#rules = new OverlayRules(netns)
  }

  /**
   * Makes the device and all it knows what they are to be, whatever is there.
   * @param links what the host's namespace has now
   * @param known what the kernel knows now, when somebody has just read it
   */
  async ensure(
    network: NetworkSpec,
    links: readonly Link[],
    known?: ReadonlyMap<string, OverlayEntries>,
  ): Promise<void> {
    const name = overlayName(network.segmentId)
    const found = links.find((link) => link.name === name)
    if (!network.overlay) {
      if (found) await removeLinks(this.#netns, [name])
      return this.forget(network.networkId)
    }
    await this.#rules.set(network.networkId, hostOnlyOf(network))
    const made = await this.#ensureDevice(network, found)
    // Only then it answers neighbour discovery.
    if (speaksIpv6(network)) await enableIpv6(this.#netns, [name], { silent: true })
    const current = made ? noEntries() : ((known ?? (await this.read())).get(name) ?? noEntries())
    await this.#tell(network, name, current)
  }

  /** Makes only what is known of other hosts this. The device must be there. */
  async update(network: NetworkSpec): Promise<void> {
    const { networkId, segmentId, overlay } = network
    if (!overlay) return
    const name = overlayName(segmentId)
    const applied = this.#applied.get(networkId)
    try {
      await this.#tell(network, name, applied ?? (await this.#readOne(name)))
    } catch (error) {
      if (!applied) throw error
      // Somebody else has changed an entry: look, and apply the difference.
      await this.#tell(network, name, await this.#readOne(name))
    }
  }

  /** Nothing is assumed any more about a network whose device goes. */
  async forget(networkId: string): Promise<void> {
    this.#applied.delete(networkId)
    await this.#rules.set(networkId, null)
  }

  /** Puts the rules of exactly these networks in place, before any of their devices. */
  replaceRules(networks: readonly NetworkSpec[]): Promise<void> {
    return this.#rules.replace(
      networks.filter(({ overlay }) => overlay).map((network) => [network.networkId, hostOnlyOf(network)]),
    )
  }

  /** What the kernel knows now, by device. */
  async read(): Promise<Map<string, OverlayEntries>> {
    const [fdb, neighbours] = await Promise.all([
      runTool(['bridge', '-n', this.#netns, '-j', 'fdb', 'show']),
      readIp(['-n', this.#netns, 'neigh', 'show', 'nud', 'permanent']),
    ])
    return readEntries(fdb.trim() === '' ? [] : JSON.parse(fdb), neighbours)
  }

  async #readOne(name: string): Promise<OverlayEntries> {
    return (await this.read()).get(name) ?? noEntries()
  }

  async #ensureDevice(network: NetworkSpec, found: Link | undefined): Promise<boolean> {
    const { segmentId, mtu } = network
    const { ip, port, netns } = this.#underlay
    const name = overlayName(segmentId)
    const master = bridgeName(segmentId)
    const right = found?.kind === 'vxlan' && found.vxlan?.local === ip && found.vxlan.port === port
    if (found && !right) await removeLinks(this.#netns, [name])
    if (!right) await this.#make(name, segmentId, netns)
    if (!right || found.master !== master || found.mtu !== mtu || !found.up)
      await runIp(this.#netns, [`link set dev ${name} mtu ${mtu} master ${master} up`])
    return !right
  }

  /** The device stands with its network, and its packets leave from where it was made: where the address is. */
  async #make(name: string, segmentId: number, netns: string | null): Promise<void> {
    const { ip, port } = this.#underlay
    const device = `type vxlan id ${segmentId} local ${ip} dstport ${port} nolearning proxy`
    const command = ['ip', ...(netns ? ['-n', netns] : []), 'link', 'add', 'name', name]
    try {
      await runTool([...command, 'netns', this.#netns, ...device.split(' ')])
    } catch (error) {
      throw new NephosError(
        'driver_failed',
        `The overlay of segment ${segmentId} could not be made on ${ip} port ${port}: ${(error as Error).message}`,
        {
          remedy:
            'Is NEPHOS_UNDERLAY_IP an address of this machine, and NEPHOS_UNDERLAY_PORT used by no other cloud here?',
          cause: error,
        },
      )
    }
  }

  async #tell(network: NetworkSpec, name: string, current: OverlayEntries): Promise<void> {
    const { networkId, overlay, ports } = network
    if (!overlay) return
    const wanted = entriesOf(overlay, ports, speaksIpv6(network))
    const { bridge, hints, ip } = changeOf(name, current, wanted)
    // Until all of it is said nobody knows what the kernel knows.
    this.#applied.delete(networkId)
    if (bridge.length > 0) await this.#bridge(bridge)
    if (hints.length > 0) await this.#bridge(hints, ['-force']).catch(() => {})
    await runIp(this.#netns, ip)
    this.#applied.set(networkId, wanted)
  }

  #bridge(commands: readonly string[], options: readonly string[] = []): Promise<string> {
    return runTool(['bridge', '-n', this.#netns, ...options, '-batch', '-'], {
      input: `${commands.join('\n')}\n`,
    })
  }
}
