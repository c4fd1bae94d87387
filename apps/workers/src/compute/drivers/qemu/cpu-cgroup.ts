import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CpuLimits } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'

/**
 * The kernel's CPU controller; `root` is a directory of ours in it, with one below it for each machine. `prefix` tells the
 * hosts apart that share this kernel: a machine that moves between them is on both for a while.
 */
export type CpuController =
  | { version: 1 | 2; root: string; prefix: string }
  | { version: null; reason: string }
type UsableController = Exclude<CpuController, { version: null }>

/** Directory of a machine's cgroup. */
export const cgroupOf = ({ root, prefix }: UsableController, instanceId: string): string =>
  join(root, `${prefix}-${instanceId}`)

/** Mounts as /proc/self/mounts has them: directory, type, options. */
const mountsOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, directory = '', type = '', options = '']) => ({ directory, type, options: options.split(',') }))

/**
 * Finds the CPU controller, version 1 before 2, and makes sure that it can be used.
 * @param hostDir a directory that only this host has
 * @param mounts for tests: what to read instead of /proc/self/mounts
 */
export async function findCpuController(hostDir: string, mounts?: string): Promise<CpuController> {
  const found = mountsOf(mounts ?? (await readFile('/proc/self/mounts', 'utf8')))
  const reasons: string[] = []
  for (const { directory, type, options } of found) {
    const isFirst = type === 'cgroup' && options.includes('cpu')
    if (!isFirst && type !== 'cgroup2') continue
    const root = join(directory, 'nephos')
    try {
      if (!isFirst) {
        const controllers = (await readFile(join(directory, 'cgroup.controllers'), 'utf8')).split(/\s+/)
        if (!controllers.includes('cpu')) continue
        await writeFile(join(directory, 'cgroup.subtree_control'), '+cpu')
      }
      await mkdir(root, { recursive: true })
      if (!isFirst) await writeFile(join(root, 'cgroup.subtree_control'), '+cpu')
      const probe = join(root, `probe-${randomUUID()}`)
      await mkdir(probe)
      try {
        await readFile(join(probe, isFirst ? 'cpu.cfs_quota_us' : 'cpu.max'))
      } finally {
        await rmdir(probe)
      }
      const prefix = createHash('sha256').update(hostDir).digest('hex').slice(0, 8)
      return { version: isFirst ? 1 : 2, root, prefix }
    } catch (error) {
      reasons.push(`${directory}: ${(error as Error).message}.`)
    }
  }
  return {
    version: null,
    reason: reasons[0] ?? 'No cgroup hierarchy with the CPU controller is mounted.',
  }
}

/**
 * Makes the cgroup of a machine and sets its limits; what it had before is replaced.
 * @returns the file into which a process writes its number to be limited, from its first instruction on
 * @throws NephosError unsupported when this host cannot limit CPU time
 */
export async function limitCpu(
  controller: CpuController,
  instanceId: string,
  limits: CpuLimits,
): Promise<string> {
  if (controller.version === null)
    throw new NephosError('unsupported', `This host cannot limit CPU time: ${controller.reason}`, {
      remedy: 'Use a flavor without quota:cpu_ extra specs, or give the host a CPU cgroup controller.',
    })
  const directory = cgroupOf(controller, instanceId)
  await mkdir(directory, { recursive: true })
  try {
    for (const [file, value] of settings(controller.version, limits))
      await writeFile(join(directory, file), value)
  } catch (cause) {
    throw new NephosError('driver_failed', `CPU limits cannot be set: ${(cause as Error).message}`, { cause })
  }
  return join(directory, 'cgroup.procs')
}

/** Removes the cgroup of a machine whose process has ended. Fine when there is none. */
export async function unlimitCpu(controller: CpuController, instanceId: string): Promise<void> {
  if (controller.version === null) return
  // The last thread of a process leaves a moment after the process was seen to end.
  for (let attempt = 0; ; attempt++)
    try {
      return await rmdir(cgroupOf(controller, instanceId))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return
      if (code !== 'EBUSY' || attempt === 40)
        throw new NephosError('driver_failed', `The cgroup of ${instanceId} cannot be removed: ${code}.`, {
          cause: error,
        })
      await sleep(50)
    }
}

/** Files and values that set limits, in an order that is never refused. */
export function settings(version: 1 | 2, { quotaUs, periodUs, shares }: CpuLimits): [string, string][] {
  if (version === 1)
    return [
      ['cpu.cfs_quota_us', '-1'],
      ['cpu.cfs_period_us', String(periodUs)],
      ['cpu.cfs_quota_us', String(quotaUs ?? -1)],
      ['cpu.shares', String(shares ?? 1_024)],
    ]
  // The kernel's own translation of shares (2 to 262144) into weights (1 to 10000).
  const weight = shares === null ? 100 : 1 + Math.floor(((shares - 2) * 9_999) / 262_142)
  return [
    ['cpu.max', `${quotaUs ?? 'max'} ${periodUs}`],
    ['cpu.weight', String(weight)],
  ]
}

/** Prefix of a command line that joins a cgroup before the rest runs; nothing for null. */
export const joinCgroup = (procs: string | null): string[] =>
  procs === null ? [] : ['/bin/sh', '-c', 'echo $$ >"$0" || exit 1; exec "$@"', procs]
