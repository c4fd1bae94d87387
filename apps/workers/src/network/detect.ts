import { randomBytes } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { tableText } from './drivers/linux/anti-spoofing.ts'
import { runIp, runNft, runTool } from './drivers/linux/host-tools.ts'
import { ensureNamespace, removeNamespace } from './drivers/linux/namespaces.ts'

/** What this machine can do for networks. */
export interface NetworkDetection {
  driver: 'linux' | 'simulated'
  /** Why, one sentence each. */
  reasons: string[]
  /** What would unlock more, one sentence each. */
  unlock: string[]
  /** Why networks cannot reach from one host to another; null where they can, or need not. */
  overlay: string | null
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
}

/**
 * Looks at the machine, by making a namespace with a bridge, a tap and a table of rules, and picks the best driver that
 * truly works. Never throws for what the machine lacks.
 */
export async function detectNetwork(options: DetectNetworkOptions): Promise<NetworkDetection> {
  const { networkDriver, computeDriver } = options
  const simulated = { driver: 'simulated', usable: true, unlock: [], overlay: null } as const
  if (networkDriver === 'simulated')
    return { ...simulated, reasons: ['The simulated driver was asked for.'], unlock: [] }
  if (networkDriver === 'auto' && computeDriver === 'simulated')
    return { ...simulated, reasons: ['Simulated instances need no real network.'], unlock: [] }
  const { lacks, overlay } = await missing()
  if (lacks.length === 0)
    return {
      driver: 'linux',
      usable: true,
      reasons: ['Namespaces, bridges, taps and nftables work.'],
      unlock: overlay ? [overlay.remedy] : [],
      overlay: overlay?.reason ?? null,
    }
  return {
    driver: networkDriver === 'linux' ? 'linux' : 'simulated',
    usable: networkDriver !== 'linux',
    reasons: lacks.map(({ reason }) => reason),
    unlock: lacks.map(({ remedy }) => remedy),
    overlay: null,
  }
}

interface Lack {
  reason: string
  remedy: string
}

/** What keeps networks from being real, and what only keeps them from reaching other hosts. */
interface Found {
  lacks: Lack[]
  overlay: Lack | null
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
  return lacks.length > 0 ? { lacks, overlay: null } : tryNetwork()
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
  try {
    for (const attempt of attempts) {
      const lack = await lackOf(attempt)
      if (lack) return { lacks: [lack], overlay: null }
    }
    return { lacks: [], overlay: await lackOf(between) }
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
