import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { readCloudFile } from '../supervisor/cloud-file.ts'
import { endProcess, identify, isAlive, type ProcessIdentity } from '../supervisor/identity.ts'

/** A process that outlived its supervisor. */
export interface Leftover extends ProcessIdentity {
  name: string
  tier: number
  stopSignal: NodeJS.Signals
}

/**
 * The processes of this cloud that still live although no supervisor does: it was killed, or the machine went down and
 * the file is old. A pid counts only together with its start time, so one that was given to another program is none.
 */
export function findLeftovers(config: NephosConfig): Leftover[] {
  const known = (readCloudFile(config)?.processes ?? []).filter(isAlive)
  const postgres = runningPostgres(config)
  if (postgres && !known.some(({ pid }) => pid === postgres.pid))
    known.push({ ...postgres, name: 'postgres', tier: 1, stopSignal: 'SIGINT' })
  return known
}

/** PostgreSQL's own pid file is trusted only when the process it names works in our data directory. */
function runningPostgres(config: NephosConfig): ProcessIdentity | null {
  const { postgres: data } = statePaths(config)
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return command.includes(data) ? identify(pid) : null
  } catch {
    return null
  }
}

/** Ends them in order, highest tier first, and removes the sockets they left. @returns their names */
export async function endLeftovers(config: NephosConfig): Promise<string[]> {
  const leftovers = findLeftovers(config)
  const byTier = [...new Set(leftovers.map(({ tier }) => tier))].sort((a, b) => b - a)
  for (const tier of byTier)
    await Promise.all(
      leftovers
        .filter((leftover) => leftover.tier === tier)
        .map((leftover) => endProcess(leftover, { signal: leftover.stopSignal, graceMs: 15_000 })),
    )
  const { run } = statePaths(config)
  for (const name of readdirSync(run, { withFileTypes: true }))
    if (name.name.endsWith('.sock') && name.name !== 'supervisor.sock')
      rmSync(join(run, name.name), { force: true })
  return leftovers.map(({ name }) => name)
}
