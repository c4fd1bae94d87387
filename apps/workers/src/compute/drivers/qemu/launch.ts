import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { NephosError } from '@nephos/core/errors'
import type { MachineSpec } from '../../driver.ts'
import { type Accelerator, commandLine } from './command-line.ts'
import { joinCgroup } from './cpu-cgroup.ts'
import { moreDisks } from './disks/layout.ts'
import { hostEnvironment, lastWords } from './host-command.ts'
import type { InstancePaths } from './instance-paths.ts'
import { recordingShell } from './process-identity.ts'
import { becomeUser, type QemuUser } from './user.ts'
import { startsStanding } from './volumes/start-volumes.ts'

/** What a host's QEMU processes have in common. */
export interface LaunchOptions {
  binary: string
  accelerator: Accelerator
  user: QemuUser | null
  groups: readonly number[]
}

/** A QEMU process that was just started. */
export interface Launched {
  pid: number
  /** Why it ended; null while it runs. */
  ended: () => string | null
}

/**
 * Starts QEMU for a machine: in the host's network namespace, as its own user, in a session of its own, so that it
 * outlives this process. Its files are relative to the machine's directory, which it alone can enter.
 * @param cgroup file of the cgroup that limits it; null where nothing does
 * @throws NephosError driver_failed
 */
export function launch(
  spec: MachineSpec,
  paths: InstancePaths,
  options: LaunchOptions,
  cgroup: string | null = null,
): Launched {
  const command = [
    ...recordingShell(paths.identity),
    ...joinCgroup(cgroup),
    ...(spec.netns === null ? [] : ['ip', 'netns', 'exec', spec.netns]),
    ...becomeUser(options.user, options.groups),
    ...['prlimit', '--core=0', options.binary],
    ...commandLine({
      instanceId: spec.instanceId,
      vcpus: spec.vcpus,
      ramMib: spec.ramMib,
      baseFormat: spec.image?.format ?? null,
      nics: spec.nics,
      accelerator: options.accelerator,
      options: spec.options,
      moreDisks: moreDisks(spec),
      guestAgent: spec.guestAgent,
      rescueFormat: spec.rescue?.format,
      toDisks: paths.toDisks,
    }),
    // A guest that comes from another host waits even then until it is told to go on.
    ...(startsStanding(spec) ? ['-S'] : []),
    ...(spec.incoming ? ['-incoming', 'defer'] : []),
  ]
  const log = openSync(
    paths.log,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND,
    0o600,
  )
  let end: string | null = null
  try {
    const child = spawn(command[0]!, command.slice(1), {
      cwd: paths.vm,
      detached: true,
      stdio: ['ignore', log, log],
      env: hostEnvironment(),
    })
    child.once('error', (error) => {
      end = error.message
    })
    child.once('exit', (code, signal) => {
      end = signal ? `ended by ${signal}` : `ended with ${code}`
    })
    child.unref()
    if (child.pid === undefined) throw new NephosError('driver_failed', 'QEMU could not be started.')
    return { pid: child.pid, ended: () => end }
  } finally {
    closeSync(log)
  }
}

/** The last words of QEMU in its log; empty when it said nothing. */
export function qemuWords(path: string): string {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, 4_096))
    readSync(fd, bytes, 0, bytes.length, size - bytes.length)
    return lastWords(bytes.toString('utf8'))
  } finally {
    closeSync(fd)
  }
}
