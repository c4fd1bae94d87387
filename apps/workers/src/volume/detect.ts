import { randomBytes, randomUUID } from 'node:crypto'
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VolumeConnector } from '@nephos/core'
import { findUser, openDevice, type QemuUser } from '../compute/drivers/qemu/user.ts'
import { ensureNamespace, removeNamespace } from '../network/drivers/linux/namespaces.ts'
import { makeStorageDriver, type StorageKind, storageKinds } from './drivers/make.ts'

/** What a back end of volumes needs and whether it works here. */
export interface BackendFinding {
  kind: StorageKind
  /** Null: it works. */
  trouble: string | null
  /** What would make it work; null where nothing is missing. */
  unlock: string | null
}

/** What this machine can do for volumes. */
export interface VolumeDetection {
  /** Those that are used. */
  chosen: (StorageKind | 'simulated')[]
  findings: BackendFinding[]
  /** False when one was demanded that does not work here. */
  usable: boolean
}

/** What was asked for. */
export interface DetectVolumesOptions {
  /** `auto`: all that work, but AoE only where it is asked for by name. */
  backends: readonly (StorageKind | 'auto' | 'simulated')[]
  /** Simulated machines have no use for real volumes. */
  computeDriver: 'qemu' | 'simulated'
  volumeUser: string
  aoeInterface: string | null
}

interface Lack {
  reason: string
  remedy: string
}

const qemu = 'apt-get install qemu-utils qemu-system-x86'
const programs: Record<StorageKind, [program: string, remedy: string][]> = {
  local: [
    ['qemu-storage-daemon', qemu],
    ['qemu-img', qemu],
    ['qemu-nbd', qemu],
    ['setpriv', 'apt-get install util-linux'],
  ],
  nbd: [],
  iscsi: [
    ['tgtd', 'apt-get install tgt'],
    ['tgtadm', 'apt-get install tgt'],
  ],
  aoe: [['vblade', 'apt-get install vblade']],
}
const needsMounts: ReadonlySet<StorageKind> = new Set(['iscsi', 'aoe'])

/**
 * Looks at the machine, by making a volume with each back end, connecting to it and removing it, and picks what truly
 * works. Never throws for what the machine lacks.
 */
export async function detectVolumes(options: DetectVolumesOptions): Promise<VolumeDetection> {
  const { backends, computeDriver } = options
  const auto = backends.includes('auto')
  if (auto && computeDriver === 'simulated') return { chosen: ['simulated'], findings: [], usable: true }
  const asked = (kind: StorageKind) => backends.includes(kind) || (auto && kind !== 'aoe')
  const base = await lackOfBase()
  const user = (await findUser(options.volumeUser)) ?? (await findUser('nobody'))
  const findings = await Promise.all(
    storageKinds.filter(asked).map(async (kind): Promise<BackendFinding> => {
      const lack = base ?? (await lackOf(kind, user, options))
      return { kind, trouble: lack?.reason ?? null, unlock: lack?.remedy ?? null }
    }),
  )
  const works = findings.filter(({ trouble }) => trouble === null).map(({ kind }) => kind)
  const simulated = backends.includes('simulated') || (auto && works.length === 0)
  return {
    chosen: simulated ? [...works, 'simulated'] : works,
    findings,
    usable: findings.every(({ kind, trouble }) => trouble === null || !backends.includes(kind)),
  }
}

async function lackOfBase(): Promise<Lack | null> {
  if (process.platform !== 'linux')
    return { reason: `Volumes need Linux, this is ${process.platform}.`, remedy: 'Use a Linux machine.' }
  if (process.getuid?.() !== 0)
    return {
      reason: 'Not root: volumes belong to a user of their own.',
      remedy: 'Run as root for real volumes.',
    }
  return missing('local')
}

async function missing(kind: StorageKind): Promise<Lack | null> {
  for (const [program, remedy] of programs[kind])
    if (!(await isInstalled(program))) return { reason: `${program} is not installed.`, remedy }
  return null
}

async function lackOf(
  kind: StorageKind,
  user: QemuUser | null,
  { aoeInterface }: DetectVolumesOptions,
): Promise<Lack | null> {
  const lack = await missing(kind)
  if (lack) return lack
  if (needsMounts.has(kind)) {
    if (!(await stat('/dev/fuse').catch(() => null)))
      return {
        reason: 'There is no /dev/fuse.',
        remedy: 'Load the kernel module fuse; in a container, pass the device.',
      }
    await openDevice('/dev/fuse')
  }
  if (kind === 'aoe' && !aoeInterface)
    return { reason: 'No interface was named for AoE.', remedy: 'Set NEPHOS_VOLUME_AOE_INTERFACE.' }
  if (kind === 'aoe' && !(await stat(`/sys/class/net/${aoeInterface}`).catch(() => null)))
    return {
      reason: `There is no interface ${aoeInterface}.`,
      remedy: 'Set NEPHOS_VOLUME_AOE_INTERFACE to one that is there.',
    }
  try {
    await tryBackend(kind, user)
    return null
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return {
      reason: `It was tried and failed: ${words}`,
      remedy: 'Look at what it says; in a container, run it privileged.',
    }
  }
}

/** Makes a small volume, serves it in a namespace of its own, and removes all of it. */
async function tryBackend(kind: StorageKind, user: QemuUser | null): Promise<void> {
  const tag = randomBytes(4).toString('hex')
  const netns = `nephos-probe-${tag}`
  const directory = await mkdtemp(join(tmpdir(), 'nephos-volumes-'))
  const options = {
    directory: `${directory}/volumes`,
    sockets: `/run/nephos/probe-${tag}`,
    cacheDir: `${directory}/cache`,
    ...{ hostName: 'probe', name: kind, user },
    secretOf: async () => null,
    log: { warn: () => {} },
  }
  const volume = {
    ...{ volumeId: randomUUID(), sizeBytes: 1_048_576, place: null },
    ...{ secret: randomBytes(16).toString('hex'), passphrase: null },
  }
  const connector: VolumeConnector = {
    ...{ hostName: 'probe', ip: null, instanceId: randomUUID() },
    initiator: 'iqn.2026-01.org.nephos:probe',
  }
  const world = {
    client: user,
    host: '127.0.0.1',
    netns,
    reach: null,
    iscsiPort: 3260,
    ready: async () => {},
  }
  // vblade needs an Ethernet that is up; every namespace has lo, which will do.
  const driver = makeStorageDriver(kind, options, { ...world, aoe: { interface: 'lo', netns } })
  try {
    await ensureNamespace(netns)
    await driver.open()
    const work = { signal: AbortSignal.timeout(30_000), onProgress: () => {} }
    await driver.create(volume, { kind: 'blank' }, work)
    await driver.connect(volume, connector)
    await driver.snapshot(volume, randomUUID())
    await driver.delete(volume)
  } finally {
    await driver.close()
    await driver.end().catch(() => {})
    await removeNamespace(netns).catch(() => {})
    await rm(directory, { recursive: true, force: true })
    await rm(options.sockets, { recursive: true, force: true })
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
