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
  const simulated = { driver: 'simulated', usable: true, unlock: [] } as const
  if (networkDriver === 'simulated')
    return { ...simulated, reasons: ['The simulated driver was asked for.'], unlock: [] }
  if (networkDriver === 'auto' && computeDriver === 'simulated')
    return { ...simulated, reasons: ['Simulated instances need no real network.'], unlock: [] }
  const lacks = await missing()
  if (lacks.length === 0)
    return {
      driver: 'linux',
      usable: true,
      reasons: ['Namespaces, bridges, taps and nftables work.'],
      unlock: [],
    }
  return {
    driver: networkDriver === 'linux' ? 'linux' : 'simulated',
    usable: networkDriver !== 'linux',
    reasons: lacks.map(({ reason }) => reason),
    unlock: lacks.map(({ remedy }) => remedy),
  }
}

interface Lack {
  reason: string
  remedy: string
}

async function missing(): Promise<Lack[]> {
  if (process.platform !== 'linux')
    return [
      {
        reason: `Real networks need Linux, this is ${process.platform}.`,
        remedy: 'Use a Linux machine.',
      },
    ]
  const lacks: Lack[] = []
  if (process.getuid?.() !== 0)
    lacks.push({
      reason: 'Not root: bridges and namespaces cannot be made.',
      remedy: 'Run as root for real networks.',
    })
  for (const [program, name] of Object.entries(programs))
    if (!(await isInstalled(program)))
      lacks.push({ reason: `${program} is not installed.`, remedy: `apt-get install ${name}` })
  return lacks.length > 0 ? lacks : tryNetwork()
}

async function tryNetwork(): Promise<Lack[]> {
  const netns = `nephos-probe-${randomBytes(4).toString('hex')}`
  const attempts: [string, string, () => Promise<unknown>][] = [
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
  try {
    for (const [what, remedy, attempt] of attempts)
      try {
        await attempt()
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error)
        return [{ reason: `This machine has no working ${what}: ${words}.`, remedy }]
      }
    return []
  } finally {
    await removeNamespace(netns).catch(() => {})
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
