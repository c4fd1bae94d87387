import { join } from 'node:path'
import {
  dhcpNetns,
  doorOwner,
  hostNetns,
  type NephosConfig,
  routerNetns,
  statePaths,
  underlayNetns,
} from '@nephos/config'
import { NephosError } from '@nephos/core/errors'
import { detectComputeFor } from '../../compute/drivers/index.ts'
import { ensureUser } from '../../compute/drivers/qemu/user.ts'
import { detectNetwork, type NetworkDetection } from '../detect.ts'
import type { NetworkDriver, NetworkLacks } from '../driver.ts'
import { type LinuxDriverOptions, LinuxNetworkDriver } from './linux/driver.ts'
import type { Underlay } from './linux/underlay.ts'
import { SimulatedNetworkDriver } from './simulated/driver.ts'

/** Socket of the metadata service of this host. */
export const metadataSocket = (config: Pick<NephosConfig, 'home' | 'hostName'>): string =>
  join(statePaths(config).network(), 'metadata.sock')

/** What this machine can do for networks, under this configuration. */
export async function detectNetworkFor(config: NephosConfig): Promise<NetworkDetection> {
  const { networkDriver, computeDriver } = config
  const compute =
    networkDriver === 'auto' && computeDriver === 'auto'
      ? (await detectComputeFor(config)).driver
      : computeDriver === 'simulated'
        ? 'simulated'
        : 'qemu'
  return detectNetwork({ networkDriver, computeDriver: compute })
}

/**
 * The network driver of this host. Call `open` before anything else.
 * @throws NephosError unsupported when the driver that was asked for does not work here
 */
export async function createNetworkDriver(
  config: NephosConfig,
  log: LinuxDriverOptions['log'],
): Promise<NetworkDriver> {
  const detection = await detectNetworkFor(config)
  if (!detection.usable)
    throw new NephosError(
      'unsupported',
      `The network driver linux does not work here: ${detection.reasons.join(' ')}`,
      {
        field: 'network_driver',
        remedy: `${detection.unlock.join(' ')} Or set NEPHOS_NETWORK_DRIVER=auto.`,
      },
    )
  log.info({ ...detection }, 'network driver chosen')
  return detection.driver === 'linux'
    ? linuxDriver(config, log, lacksOf(detection))
    : new SimulatedNetworkDriver({ directory: statePaths(config).network() })
}

/**
 * Removes everything that the network of this host left on the machine: namespaces, taps, daemons, files. The worker
 * must be down. Nothing happens where no real network was made.
 * @returns how many networks were removed
 */
export async function destroyHostNetwork(
  config: NephosConfig,
  log: LinuxDriverOptions['log'],
): Promise<number> {
  const driver =
    process.platform === 'linux' && process.getuid?.() === 0
      ? linuxDriver(config, log)
      : new SimulatedNetworkDriver({ directory: statePaths(config).network() })
  const { networks } = await driver.inspect()
  await driver.destroy()
  return networks.length
}

const lacksOf = ({ noSecurityGroups, noRateLimits, noIpv6, noVlans }: NetworkDetection): NetworkLacks => ({
  noSecurityGroups,
  noRateLimits,
  noIpv6,
  noVlans,
})

function linuxDriver(
  config: NephosConfig,
  log: LinuxDriverOptions['log'],
  lacks: NetworkLacks = {},
): LinuxNetworkDriver {
  let owner: Promise<number | null> | undefined
  return new LinuxNetworkDriver({
    netns: hostNetns(config),
    dhcpNetnsPrefix: dhcpNetns(config, 0).replace(/0$/, ''),
    routerNetnsPrefix: routerNetns(config, ''),
    directory: statePaths(config).network(),
    metadataSocket: metadataSocket(config),
    dhcpDomain: config.dhcpDomain,
    dnsForwarders: config.dnsForwarders,
    lacks,
    underlay: underlayOf(config),
    lab: labOf(config),
    outside: { netns: null, owner: doorOwner(config) },
    tapOwner: () => {
      owner ??= ensureUser(config.qemuUser).then((user) => user?.uid ?? null)
      return owner
    },
    log,
  })
}

const labOf = (config: NephosConfig) => ({
  netns: underlayNetns(config),
  lockFile: join(statePaths(config).run, 'underlay.lock'),
  hostName: config.hostName,
})

/** How this host reaches the others: over the lab's bridge when they are on this machine, else over the machine's own network. */
export function underlayOf(config: NephosConfig): Underlay | null {
  const { underlayIp: ip, underlayPort: port, hosts = 1 } = config
  if (!ip) return null
  return hosts > 1
    ? { ip, port, netns: hostNetns(config), lab: labOf(config) }
    : { ip, port, netns: null, lab: null }
}
