import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from '../supervisor/identity.ts'

/** The process that a lock file names; null when it is gone or the file is. */
function holder(file: string): ProcessIdentity | null {
  try {
    const who = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
    return isAlive(who) ? who : null
  } catch {
    return null
  }
}

/**
 * Runs `work` while no other process does so under the same lock file; others wait. A lock whose process has died counts
 * for nothing.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (holder(file)) await sleep(200)
      else rmSync(file, { force: true })
    }
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
