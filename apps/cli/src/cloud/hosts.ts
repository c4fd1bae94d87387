import { existsSync, readdirSync } from 'node:fs'
import { hostNames, type NephosConfig, statePaths } from '@nephos/config'
import { Failure } from '../failure.ts'
import { readCloudFile } from '../supervisor/cloud-file.ts'

/**
 * How many hosts this machine is to run: as configured, otherwise as many as last time, otherwise one.
 * @throws Failure when several are wanted of a machine that has an address for hosts elsewhere
 */
export function hostCount(config: NephosConfig): number {
  const count = config.hosts ?? readCloudFile(config)?.hosts?.length ?? 1
  if (count > 1 && config.underlayIp)
    throw new Failure(`A lab of ${count} hosts cannot be joined with hosts on other machines.`, {
      remedy: 'Unset NEPHOS_UNDERLAY_IP for a lab on this machine, or use one host (NEPHOS_HOSTS=1).',
    })
  return count
}

/** Hosts that this machine ran once and does not run now. */
export function unattended(config: NephosConfig): string[] {
  const { hosts } = statePaths(config)
  if (!existsSync(hosts)) return []
  const wanted = hostNames(config, config.hosts ?? 1)
  return readdirSync(hosts, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !wanted.includes(entry.name))
    .map(({ name }) => name)
    .sort()
}

/**
 * What a second `up` has to say about the number of hosts; null when the running cloud has it.
 * @param wanted what was asked for on the command line; undefined for nothing
 */
export function otherNumber(running: readonly string[], wanted: number | undefined): string | null {
  if (wanted === undefined || wanted === running.length) return null
  return `It runs ${running.length === 1 ? 'one host' : `${running.length} hosts`} (${running.join(', ')}), not ${wanted}. To change that: \`./nephos down\`, then \`./nephos up --hosts ${wanted}\`; instances go on meanwhile.`
}
