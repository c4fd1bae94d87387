import { existsSync, statfsSync } from 'node:fs'
import { availableParallelism, freemem, platform, release, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { readDoors } from '../cloud/doors.ts'
import { machineRanges } from '../cloud/external-range.ts'
import { findProgram } from '../cloud/nats.ts'
import { choosePorts, portWishes } from '../cloud/ports.ts'
import { probeDrivers } from '../cloud/probe.ts'
import type { Failure } from '../failure.ts'
import { isRoot } from '../installation.ts'
import { isBuilt } from '../prepare/build.ts'
import { hasApt } from '../prepare/debian.ts'
import { isGuestBuilt } from '../prepare/guest.ts'
import { attempt } from '../prepare/run.ts'
import { readCloudFile } from '../supervisor/cloud-file.ts'
import { isSupervised } from '../supervisor/control.ts'
import { type Check, limited, missing, ok } from './check.ts'
import { imageStoreChecks } from './image-stores.ts'
import { labCheck } from './lab.ts'
import { outsideCheck } from './outside.ts'
import { storageCheck } from './storage.ts'
import { volumeChecks } from './volumes.ts'

const gib = 1_073_741_824

/** Programs that are looked for: Debian package, what for, and the arguments that print the version. */
const programs: [name: string, debian: string, purpose: string, version: string[]][] = [
  ['qemu-system-x86_64', 'qemu-system-x86', 'real instances', ['--version']],
  ['qemu-img', 'qemu-utils', 'disks of instances', ['--version']],
  ['qemu-storage-daemon', 'qemu-system-common', 'volumes', ['--version']],
  ['tgtadm', 'tgt', 'volumes by iSCSI', ['--version']],
  ['vblade', 'vblade', 'volumes by AoE', []],
  ['ip', 'iproute2', 'real networks', ['-Version']],
  ['nft', 'nftables', 'real networks', ['--version']],
  ['dnsmasq', 'dnsmasq-base', 'addresses for instances', ['--version']],
  ['conntrack', 'conntrack', 'cutting connections when a rule of a security group is removed', ['--version']],
  ['haproxy', 'haproxy', 'metadata for instances', ['-v']],
  ['chromium', 'chromium', 'the end-to-end tests', ['--version']],
]

const install = (debian: string): string =>
  hasApt() ? `apt-get install ${debian}` : `install ${debian} with the package manager of this system`

async function program(
  config: NephosConfig,
  [name, debian, purpose, args]: (typeof programs)[number],
): Promise<Check> {
  const file = findProgram(config, name)
  if (!file) return limited(name, `not installed: no ${purpose}`, install(debian))
  const { output } = await attempt(file, args, { timeoutMs: 10_000 }).catch(() => ({ output: '' }))
  const version = output.split('\n').find((line) => /\d\.\d/.test(line))
  return ok(name, version?.trim().slice(0, 60) ?? file)
}

function servers(config: NephosConfig): Check[] {
  const nats = findProgram(config, 'nats-server')
  return [
    ok('PostgreSQL', config.databaseUrl ? 'yours (DATABASE_URL)' : 'embedded'),
    config.natsUrl
      ? ok('NATS', 'yours (NATS_URL)')
      : nats
        ? ok('NATS', `embedded, ${nats}`)
        : hasApt()
          ? limited('NATS', 'nats-server is not installed; `./nephos up` fetches it')
          : missing('NATS', 'nats-server is not installed', 'install nats-server, or set NATS_URL'),
  ]
}

/** In bytes; systems other than Linux count what they would give up as used. */
const freeMemory = (): number => freemem() + (platform() === 'linux' ? 0 : totalmem() / 4)

function machine(config: NephosConfig): Check[] {
  const memory = freeMemory()
  let place = config.home
  while (!existsSync(place)) place = dirname(place)
  const { bavail, bsize } = statfsSync(place)
  const disk = bavail * bsize
  return [
    ok('System', `${platform()} ${release()}, ${availableParallelism()} CPUs`),
    ok('Node.js', process.version),
    isRoot
      ? ok('root', 'yes')
      : limited('root', 'no: instances and networks are simulated', 'run ./nephos up as root (sudo)'),
    memory > 2 * gib
      ? ok('Memory', `${(memory / gib).toFixed(1)} of ${(totalmem() / gib).toFixed(1)} GiB free`)
      : limited('Memory', `${(memory / gib).toFixed(1)} GiB free`, '2 GiB free leave room for instances'),
    disk > 5 * gib
      ? ok('Disk', `${(disk / gib).toFixed(0)} GiB free below ${place}`)
      : limited(
          'Disk',
          `${(disk / gib).toFixed(1)} GiB free below ${place}`,
          '5 GiB free leave room for disks',
        ),
  ]
}

async function drivers(config: NephosConfig): Promise<Check[]> {
  if (!isBuilt())
    return [limited('Drivers', 'not looked at: Nephos has not been built here', 'run ./nephos up once')]
  // What is demanded does not matter here, only what works.
  const found = await probeDrivers({
    ...config,
    computeDriver: 'auto',
    networkDriver: 'auto',
    accelerator: 'auto',
    volumeBackends: config.volumeAoeInterface ? ['auto', 'aoe'] : ['auto'],
  })
  const { compute, network } = found
  const why = (reasons: string[]) => reasons.join(' ')
  return [
    compute.driver === 'qemu'
      ? ok('QEMU', `works. ${why(compute.reasons)}`)
      : limited('QEMU', `instances are simulated. ${why(compute.reasons)}`, compute.unlock.join(' ')),
    compute.accelerator === 'kvm'
      ? ok('KVM', 'a guest really booted with it')
      : limited('KVM', 'not used: instances are emulated, about ten times slower', compute.unlock.join(' ')),
    network.driver === 'linux'
      ? ok('Networks', `bridges, taps and namespaces work. ${why(network.reasons)}`)
      : limited('Networks', `simulated. ${why(network.reasons)}`, network.unlock.join(' ')),
    ...(network.noSecurityGroups
      ? [
          limited(
            'Security groups',
            `no effect: every instance is open to its networks. ${network.noSecurityGroups}`,
            'load the kernel modules br_netfilter and nf_conntrack',
          ),
        ]
      : []),
    ...(network.noRateLimits
      ? [
          limited(
            'Limits of ports',
            `QoS policies and limits of flavors cannot be kept. ${network.noRateLimits}`,
            'load the kernel modules sch_htb, sch_ingress, cls_u32, act_mirred and ifb',
          ),
        ]
      : []),
    ...(network.noIpv6
      ? [
          limited(
            'IPv6',
            `instances have IPv4 only. ${network.noIpv6}`,
            'start the kernel without ipv6.disable=1',
          ),
        ]
      : []),
    ...(network.noVlans && config.externalInterfaces.length > 0
      ? [
          limited(
            'VLANs',
            `networks on a VLAN are refused. ${network.noVlans}`,
            'load the kernel module 8021q',
          ),
        ]
      : []),
    ...volumeChecks(found),
    labCheck(config, found, freeMemory()),
    await storageCheck(config),
    outsideCheck(
      config,
      found,
      (await isSupervised(config)) ? readDoors(config, readCloudFile(config)?.hosts ?? []) : [],
      await machineRanges().catch(() => []),
    ),
  ]
}

async function ports(config: NephosConfig): Promise<Check> {
  if (await isSupervised(config)) return ok('Ports', 'used by this cloud, which is running')
  try {
    await choosePorts(portWishes(config))
    return ok('Ports', `${config.webPort} and ${config.apiPort} are free`)
  } catch (error) {
    const failure = error as Failure
    return missing('Ports', failure.message, failure.remedy ?? 'set NEPHOS_WEB_PORT and NEPHOS_API_PORT')
  }
}

/** Looks at everything that decides what Nephos can do on this machine. */
export async function examine(config: NephosConfig): Promise<Check[]> {
  return [
    ...machine(config),
    ...servers(config),
    ...(await Promise.all(programs.map((entry) => program(config, entry)))),
    ...(await drivers(config)),
    isGuestBuilt(config)
      ? ok('Guest image', 'built')
      : limited(
          'Guest image',
          'not built here',
          hasApt() ? 'run ./nephos up' : 'upload any x86-64 cloud image',
        ),
    ...(await imageStoreChecks(config)),
    await ports(config),
  ]
}
