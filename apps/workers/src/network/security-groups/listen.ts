import type { CloudEvent } from '@nephos/jobs'
import { Coalescer } from '../coalescer.ts'
import type { PortSpec } from '../driver.ts'
import type { HostNetwork } from '../host-network.ts'
import type { AnnouncedPort } from './groups.ts'

/** What an event says of a port, as far as filtering goes. */
interface PortEvent extends AnnouncedPort {
  portSecurity: boolean
  allowedAddressPairs?: { ipAddress: string; macAddress?: string }[] | null
}

const soonMs = 10
/** Key under which the members that changed are gathered. */
const members = 'members'

/** Hears what changes of security groups and ports, and has the host's network apply it. */
export class GroupListener {
  readonly #network: HostNetwork
  readonly #groups: Coalescer
  readonly #ports: Coalescer
  readonly #members: Coalescer
  readonly #changed = new Set<string>()

  constructor(network: HostNetwork, onError: (error: unknown, id: string) => void) {
    this.#network = network
    this.#groups = new Coalescer((id) => network.groupChanged(id), onError, soonMs)
    this.#ports = new Coalescer((id) => network.refreshPort(id), onError, soonMs)
    this.#members = new Coalescer(
      () => {
        const ids = [...this.#changed]
        this.#changed.clear()
        return network.membersChanged(ids)
      },
      onError,
      soonMs,
    )
  }

  heard({ noun, id, data }: Pick<CloudEvent, 'noun' | 'id' | 'data'>): void {
    if (noun === 'security_group' || noun === 'address_group') this.#groups.add(id)
    if (noun === 'port') this.#portChanged(id, data as PortEvent | null)
  }

  #portChanged(id: string, port: PortEvent | null): void {
    if (this.#network.groups.concerns(id, port)) {
      this.#changed.add(id)
      this.#members.add(members)
    }
    const wired = port && this.#network.port(port.networkId, id)
    if (!port || !wired) return
    if (isOther(wired, port)) this.#ports.add(id)
    const pairs = port.allowedAddressPairs
    if (pairs !== undefined && pairsText(pairs) !== wiredPairs(wired)) {
      this.#ports.add(id)
      this.#changed.add(id)
      this.#members.add(members)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.#groups.stop(), this.#ports.stop(), this.#members.stop()])
  }
}

const isOther = (wired: PortSpec, said: PortEvent): boolean =>
  wired.portSecurity !== said.portSecurity ||
  [...(wired.securityGroups ?? [])].sort().join() !==
    (wired.securityGroups === null
      ? ''
      : said.securityGroups
          .map(({ id }) => id)
          .sort()
          .join())

const pairsText = (pairs: NonNullable<PortEvent['allowedAddressPairs']> | null): string =>
  (pairs ?? []).map(({ ipAddress }) => ipAddress).join()
const wiredPairs = ({ allowedPairs }: PortSpec): string => (allowedPairs ?? []).map(({ cidr }) => cidr).join()
