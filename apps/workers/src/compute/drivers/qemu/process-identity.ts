import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number
  /** Clock ticks from the machine's boot to the process's start. */
  startTime: string
  bootId: string
}

let bootIdOfNow: string | undefined
const currentBootId = (): string => {
  bootIdOfNow ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return bootIdOfNow
}

/** Parses what {@link recordingShell} wrote; null when it is not complete. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const [bootId, stat] = text.split('\n')
  const parsed = stat ? parseStat(stat) : null
  return bootId && parsed ? { pid: parsed.pid, startTime: parsed.startTime, bootId } : null
}

/** The recorded identity of a process; null when there is none. */
export function readIdentity(path: string): ProcessIdentity | null {
  try {
    return parseIdentity(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Whether exactly this process still runs; a zombie does not. */
export function isAlive({ pid, startTime, bootId }: ProcessIdentity): boolean {
  try {
    const now = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return (
      now?.startTime === startTime && now.state !== 'Z' && now.state !== 'X' && bootId === currentBootId()
    )
  } catch {
    return false
  }
}

/** Whether the machine was started anew since the process was. */
export const isOfFormerBoot = ({ bootId }: ProcessIdentity): boolean => bootId !== currentBootId()

/** Sends a signal to exactly this process, if it still runs. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Waits for a process to end. False when it has not after `timeoutMs`. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (isAlive(identity)) {
    if (performance.now() >= deadline) return false
    await sleep(20)
  }
  return true
}

/**
 * Prefix of a command line that writes who it is to the file `path` and then becomes the rest. The record is there
 * before the program runs, so no crash of ours can leave a process that nobody knows.
 */
export const recordingShell = (path: string): string[] => [
  '/bin/sh',
  '-c',
  // exec and setpriv keep the process's number and its start time.
  'umask 077; read -r stat </proc/$$/stat; read -r boot </proc/sys/kernel/random/boot_id; printf "%s\\n%s\\n" "$boot" "$stat" >"$0" || exit 1; exec "$@"',
  path,
]

/** The second field is a name in brackets that may hold anything, so fields are counted after its last bracket. */
function parseStat(stat: string): { pid: number; state: string; startTime: string } | null {
  const pid = Number.parseInt(stat, 10)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return Number.isInteger(pid) && pid > 1 && state && startTime ? { pid, state, startTime } : null
}
