import { randomBytes } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { tableText } from './drivers/linux/anti-spoofing.ts'
import { emptyModel, firewallText } from './drivers/linux/firewall/model.ts'
import { runIp, runNft, runTool } from './drivers/linux/host-tools.ts'
import { enableIpv6 } from './drivers/linux/ipv6/settings.ts'
import { ensureNamespace, removeNamespace } from './drivers/linux/namespaces.ts'
import { tryRateLimits } from './drivers/linux/rate-limit-probe.ts'
import { routerTableText6 } from './drivers/linux/routers/ipv6.ts'

/** What this machine can do for networks. */
export interface NetworkDetection {
  driver: 'linux' | 'simulated'
  /** Why, one sentence each. */
  reasons: string[]
  /** What would unlock more, one sentence each. */
  unlock: string[]
  /** Why networks cannot reach from one host to another; null where they can, or need not. */
  overlay: string | null
  /** Why security groups have no effect here; null where they have, or nothing is real. */
  noSecurityGroups: string | null
  /** Why limits of ports have no effect here; null where they have, or nothing is real. */
  noRateLimits?: string | null
  /** Why there is no IPv6 here; null where there is, or nothing is real. */
  noIpv6: string | null
  /** Why frames cannot be tagged here; null where they can, or nothing is real. */
  noVlans: string | null
  /** False when a driver was demanded that does not work here: then `reasons` says why. */
  usable: boolean
}

/** What was asked for, and what instances run on. */
export interface DetectNetworkOptions {
  networkDriver: 'auto' | 'linux' | 'simulated'
  /** Simulated machines have no use for real networks. */
  computeDriver: 'qemu' | 'simulated'
}

const programs = {
  ip: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  dnsmasq: 'dnsmasq-base',
  haproxy: 'haproxy',
  conntrack: 'conntrack',
}

/**
 * Looks at the machine, by making a namespace with a bridge, a tap and a table of rules, and picks the best driver that
 * truly works. Never throws for what the machine lacks.
 */
export async function detectNetwork(options: DetectNetworkOptions): Promise<NetworkDetection> {
  const { networkDriver, computeDriver } = options
  const simulated = {
    driver: 'simulated',
    usable: true,
    unlock: [],
    overlay: null,
    noSecurityGroups: null,
    noIpv6: null,
    noVlans: null,
  } as const
  if (networkDriver === 'simulated')
    return { ...simulated, reasons: ['The simulated driver was asked for.'], unlock: [] }
  if (networkDriver === 'auto' && computeDriver === 'simulated')
    return { ...simulated, reasons: ['Simulated instances need no real network.'], unlock: [] }
  const { lacks, overlay, filter, rates, ipv6, vlans, notes } = await missing()
  if (lacks.length === 0)
    return {
      driver: 'linux',
      usable: true,
      reasons: ['Namespaces, bridges, taps and nftables work.'],
      unlock: [...[overlay, filter, rates, ipv6, vlans].flatMap((lack) => lack?.remedy ?? []), ...notes],
      overlay: overlay?.reason ?? null,
      noSecurityGroups: filter?.reason ?? null,
      noRateLimits: rates?.reason ?? null,
      noIpv6: ipv6?.reason ?? null,
      noVlans: vlans?.reason ?? null,
    }
  return {
    driver: networkDriver === 'linux' ? 'linux' : 'simulated',
    usable: networkDriver !== 'linux',
    reasons: lacks.map(({ reason }) => reason),
    unlock: lacks.map(({ remedy }) => remedy),
    overlay: null,
    noSecurityGroups: null,
    noIpv6: null,
    noVlans: null,
  }
}

interface Lack {
  reason: string
  remedy: string
}

/** What keeps networks from being real, what only keeps them from reaching other hosts, filtering or speaking IPv6, and what else would help. */
interface Found {
  lacks: Lack[]
  overlay: Lack | null
  filter: Lack | null
  /** What keeps ports from being limited. */
  rates?: Lack | null
  ipv6: Lack | null
  vlans?: Lack | null
  notes: string[]
}

async function missing(): Promise<Found> {
  if (process.platform !== 'linux')
    return {
      lacks: [
        {
          reason: `Real networks need Linux, this is ${process.platform}.`,
          remedy: 'Use a Linux machine.',
        },
      ],
      overlay: null,
      filter: null,
      ipv6: null,
      notes: [],
    }
  const lacks: Lack[] = []
  if (process.getuid?.() !== 0)
    lacks.push({
      reason: 'Not root: bridges and namespaces cannot be made.',
      remedy: 'Run as root for real networks.',
    })
  for (const [program, name] of Object.entries(programs))
    if (!(await isInstalled(program)))
      lacks.push({ reason: `${program} is not installed.`, remedy: `apt-get install ${name}` })
  return lacks.length > 0 ? { lacks, overlay: null, filter: null, ipv6: null, notes: [] } : tryNetwork()
}

type Attempt = [what: string, remedy: string, attempt: () => Promise<unknown>]

async function tryNetwork(): Promise<Found> {
  const netns = `nephos-probe-${randomBytes(4).toString('hex')}`
  const attempts: Attempt[] = [
    [
      'network namespaces',
      'Allow namespaces; in a container, run it privileged.',
      () => ensureNamespace(netns),
    ],
    [
      'bridges',
      'Load the kernel module bridge.',
      () =>
        runIp(netns, ['link add name br0 type bridge stp_state 0 mcast_snooping 0', 'link set dev br0 up']),
    ],
    [
      'taps',
      'Load the kernel module tun and make /dev/net/tun.',
      () => runIp(netns, ['tuntap add dev tap0 mode tap', 'link set dev tap0 master br0 up']),
    ],
    [
      'pairs of interfaces',
      'Load the kernel module veth.',
      () => runIp(netns, ['link add name dh0 type veth peer name dhcp0']),
    ],
    [
      'nftables for bridges',
      'Use a kernel with nf_tables for family bridge.',
      () => runNft(netns, tableText([])),
    ],
    ['dnsmasq', 'apt-get install dnsmasq-base', () => runTool(['dnsmasq', '--version'])],
    ['haproxy', 'apt-get install haproxy', () => runTool(['haproxy', '-v'])],
  ]
  const between: Attempt = [
    'VXLAN',
    'Load the kernel module vxlan, for networks that several hosts use.',
    () => runIp(netns, ['link add name vx0 type vxlan id 1 local 127.0.0.1 dstport 4789 nolearning proxy']),
  ]
  const filtering: Attempt = [
    'security groups',
    'Load the kernel modules br_netfilter and nf_conntrack (with zones), for security groups.',
    async () => {
      await runTool(['test', '-e', '/proc/sys/net/bridge/bridge-nf-call-iptables'], { netns })
      await runNft(netns, firewallText(emptyModel))
    },
  ]
  const tagging: Attempt = [
    'VLANs',
    'Load the kernel module 8021q, for networks on a VLAN of a physical network.',
    () => runIp(netns, ['link add link dh0 name vl0 type vlan id 5']),
  ]
  const sixth: Attempt = [
    'IPv6',
    'Start the kernel without ipv6.disable=1, with nf_tables for family ip6 and its expression fib (nft_fib_ipv6), for IPv6.',
    async () => {
      await enableIpv6(netns, ['br0'])
      await runNft(netns, routerTableText6)
    },
  ]
  try {
    for (const attempt of attempts) {
      const lack = await lackOf(attempt)
      if (lack) return { lacks: [lack], overlay: null, filter: null, ipv6: null, notes: [] }
    }
    return {
      lacks: [],
      overlay: await lackOf(between),
      filter: await lackOf(filtering),
      rates: await tryRateLimits(netns, 'tap0'),
      ipv6: await lackOf(sixth),
      vlans: await lackOf(tagging),
      notes: (await isInstalled('conntrack'))
        ? []
        : ['apt-get install conntrack: without it a removed rule does not cut connections that are there.'],
    }
  } finally {
    await removeNamespace(netns).catch(() => {})
  }
}

async function lackOf([what, remedy, attempt]: Attempt): Promise<Lack | null> {
  try {
    await attempt()
    return null
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { reason: `This machine has no working ${what}: ${words}.`, remedy }
  }
}

async function isInstalled(program: string): Promise<boolean> {
  for (const directory of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'])
    if (
      await access(join(directory, program), constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true
  return false
}
