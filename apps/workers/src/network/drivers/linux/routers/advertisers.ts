import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseIpRange } from '@nephos/core/ip'
import type { RouterSpec } from '../../../driver.ts'
import { type DaemonSpec, findDaemon, startDaemon, stopDaemons } from '../daemon.ts'
import { chooseDaemonUsers, type DaemonUsers } from '../daemon-users.ts'
import { advertiseArgument, advertisesServed, rangeArgument } from '../ipv6/dnsmasq6.ts'
import { kernelHasIpv6 } from '../ipv6/kernel.ts'
import { interfaceName } from './names.ts'

/** Seconds for which guests believe that a router is there without hearing of it again. */
const lifetime = 180

/** Arguments of the dnsmasq of a router; null for one that announces nothing. */
export function advertiserArguments({ interfaces }: RouterSpec): string[] | null {
  const announcing = interfaces.filter(({ up, announced = [] }) => up && announced.length > 0)
  if (announcing.length === 0 || !kernelHasIpv6()) return null
  const subnets = announcing.flatMap(({ announced = [] }) => announced)
  return [
    ...announcing.flatMap(({ portId, mtu }) => [
      `--interface=${interfaceName(portId)}`,
      advertiseArgument(interfaceName(portId), mtu, lifetime),
    ]),
    ...subnets.map(
      ({ cidr, mode }, index) =>
        rangeArgument({ tag: `r${index}`, cidr, prefix: parseIpRange(cidr)!.prefix }, mode, null)!,
    ),
    ...advertisesServed(subnets.map(({ mode }) => mode)),
  ]
}

/** What announces the routers of a host to the guests of their IPv6 subnets: a dnsmasq in each router that has any. */
export class RouterAdvertisers {
  readonly #directory: string
  /** Of each router that announces something, as it was wanted last. */
  readonly #daemons = new Map<string, DaemonSpec>()
  #users?: Promise<DaemonUsers>

  /** @param directory a subdirectory a router, for nothing else */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** Makes what a router announces this. Its interfaces must be there. */
  async ensure(spec: RouterSpec, netns: string): Promise<void> {
    const given = advertiserArguments(spec)
    if (!given) return this.stop(spec.routerId)
    const directory = join(this.#directory, spec.routerId)
    await mkdir(directory, { recursive: true, mode: 0o711 })
    this.#users ??= chooseDaemonUsers(directory, { warn: () => {} })
    const { dnsmasqUser } = await this.#users
    const pidFile = join(directory, 'dnsmasq.pid')
    const command = [
      ...['dnsmasq', '--conf-file=/dev/null', '--no-hosts', '--no-resolv', '--port=0', '--bind-interfaces'],
      '--except-interface=lo',
      ...given,
      `--dhcp-leasefile=${join(directory, 'leases')}`,
      `--pid-file=${pidFile}`,
      ...['--quiet-dhcp6', '--quiet-ra', `--user=${dnsmasqUser}`],
    ]
    this.#daemons.set(spec.routerId, { command, pidFile, netns })
    await this.#start(spec.routerId)
  }

  /** The routers that announce something. */
  get routers(): string[] {
    return [...this.#daemons.keys()]
  }

  /** Starts again what has died. @returns false when that was not needed */
  revive(routerId: string): Promise<boolean> {
    return this.#start(routerId)
  }

  /** Ends what announces a router. One that announces nothing is fine. */
  async stop(routerId: string): Promise<void> {
    this.#daemons.delete(routerId)
    if (!(await this.#list()).includes(routerId)) return
    const directory = join(this.#directory, routerId)
    await stopDaemons('dnsmasq', directory)
    await rm(directory, { recursive: true, force: true })
  }

  /** Ends what announces any other router. */
  async keepOnly(routerIds: ReadonlySet<string>): Promise<void> {
    for (const routerId of await this.#list()) if (!routerIds.has(routerId)) await this.stop(routerId)
  }

  #list(): Promise<string[]> {
    return readdir(this.#directory).catch(() => [])
  }

  async #start(routerId: string): Promise<boolean> {
    const daemon = this.#daemons.get(routerId)
    if (!daemon || (await findDaemon(daemon)) !== null) return false
    await stopDaemons('dnsmasq', join(this.#directory, routerId))
    await startDaemon(daemon)
    return true
  }
}
