import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number
  /** Boot and start time; another process with this pid has another one. */
  started: string
}

let boot: string | undefined

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return boot
}

/** Boot and start time of a living process; null when there is none (a zombie counts as none). */
export function startedAt(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null
  try {
    if (process.platform !== 'linux') {
      const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
      return started || null
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name stands in brackets and may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : `${bootId()}:${fields[19]}`
  } catch {
    return null
  }
}

/** Takes down who `pid` is now. @returns null when there is no such process */
export function identify(pid: number): ProcessIdentity | null {
  const started = startedAt(pid)
  return started === null ? null : { pid, started }
}

/** True while exactly this process lives. */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean => startedAt(pid) === started

/**
 * Ends exactly this process: `signal` first, SIGKILL after `graceMs`. Does nothing when it is gone or when its pid
 * now belongs to another.
 * @returns true when it had to be killed
 */
export async function endProcess(
  who: ProcessIdentity,
  { signal = 'SIGTERM', graceMs = 10_000 }: { signal?: NodeJS.Signals; graceMs?: number } = {},
): Promise<boolean> {
  if (!isAlive(who)) return false
  process.kill(who.pid, signal)
  const deadline = performance.now() + graceMs
  while (performance.now() < deadline) {
    if (!isAlive(who)) return false
    await sleep(25)
  }
  if (!isAlive(who)) return false
  process.kill(who.pid, 'SIGKILL')
  while (isAlive(who)) await sleep(10)
  return true
}

/** Resident memory in bytes; null when unknown. */
export function residentBytes(pid: number): number | null {
  try {
    if (process.platform !== 'linux')
      return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Number(match[1]) * 1024 : null
  } catch {
    return null
  }
}
