import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LinuxNetworkDriver } from '../drivers/linux/driver.ts'

/** True when this machine can make real networks: root, and all the tools. */
export const canMakeNetworks = (): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    for (const program of ['ip', 'nft', 'nsenter', 'dnsmasq', 'haproxy', 'conntrack', 'busybox'])
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A host of its own, for one test file. */
export interface TestHost {
  netns: string
  dhcpNetnsPrefix: string
  routerNetnsPrefix: string
  /** Namespace in place of the machine's own; a test that needs it makes it. */
  machine: string
  directory: string
  metadataSocket: string
  /** A driver, as a worker that starts has it. */
  driver: (options?: { watchMs?: number; dnsForwarders?: string[] }, machine?: string) => LinuxNetworkDriver
  /** Of a lab: its address on the network between the hosts. */
  underlayIp: string | null
  /** Of a lab: the namespace that joins its hosts. */
  labNetns: string
  /** Removes all that is left. */
  close: () => Promise<void>
}

/** Runs a command at once. @returns what it printed */
export function command(...words: string[]): string {
  const [program, ...args] = words
  return execFileSync(program!, args, { encoding: 'utf8' })
}

/** Runs a command at once, in a network namespace. */
export const commandIn = (netns: string, ...words: string[]): string =>
  command('nsenter', `--net=/run/netns/${netns}`, '--', ...words)

const silent = { info: () => {}, warn: () => {} }

/** Names and directories of hosts that no other test uses, joined by a network between them. */
export async function makeTestLab(count: number): Promise<TestHost[]> {
  const netns = `nphu-${randomBytes(4).toString('hex')}`
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      makeTestHost({ netns, ip: `10.255.0.${index + 1}`, hostName: `host${index + 1}` }),
    ),
  )
}

/**
 * Names and directories of a host that no other test uses. Nothing is made before the driver is opened.
 * @param lab its place in a lab; alone without one
 */
export async function makeTestHost(lab?: { netns: string; ip: string; hostName: string }): Promise<TestHost> {
  const id = randomBytes(4).toString('hex')
  const home = await mkdtemp(join(tmpdir(), 'nephos-net-'))
  await chmod(home, 0o711)
  const host = {
    netns: `nph-${id}-test`,
    dhcpNetnsPrefix: `nphd-${id}-`,
    routerNetnsPrefix: `nphr-${id}-`,
    machine: `nphm-${id}`,
    directory: join(home, 'network'),
    metadataSocket: join(home, 'network', 'metadata.sock'),
  }
  const plug = {
    netns: lab?.netns ?? `nphu-${id}`,
    lockFile: join(tmpdir(), `nephos-${lab?.netns ?? id}.lock`),
    hostName: lab?.hostName ?? 'host1',
  }
  const driver = (
    { watchMs, dnsForwarders }: { watchMs?: number; dnsForwarders?: string[] } = {},
    machine = host.machine,
  ) =>
    new LinuxNetworkDriver({
      ...host,
      dhcpDomain: 'cloud.test',
      dnsForwarders,
      underlay: lab ? { ip: lab.ip, port: 4789, netns: host.netns, lab: plug } : null,
      lab: plug,
      outside: { netns: machine, owner: id },
      tapOwner: async () => 65_534,
      log: silent,
      watchMs,
    })
  return {
    ...host,
    driver,
    underlayIp: lab?.ip ?? null,
    labNetns: plug.netns,
    close: async () => {
      await driver().destroy()
      await rm(home, { recursive: true, force: true })
      await rm(plug.lockFile, { force: true })
    },
  }
}
