import { statePaths } from '@nephos/config'
import pc from 'picocolors'
import { describeDoor, readDoors } from '../cloud/doors.ts'
import { findLeftovers } from '../cloud/leftovers.ts'
import { loadOwnConfig } from '../installation.ts'
import { readCloudFile } from '../supervisor/cloud-file.ts'
import { askStatus, isSupervised } from '../supervisor/control.ts'
import type { StatusReport } from '../supervisor/supervise.ts'
import { duration, mebibytes, table } from '../terminal/format.ts'

/** `./nephos status`: what runs. Exit code 0 when it runs, 3 when it does not. */
export async function status({ json = false }: { json?: boolean }): Promise<void> {
  const config = loadOwnConfig()
  if (!(await isSupervised(config))) {
    process.exitCode = 3
    const leftovers = findLeftovers(config)
    if (json)
      process.stdout.write(
        `${JSON.stringify({ running: false, home: config.home, cloud: readCloudFile(config), processes: [], leftovers }, null, 2)}\n`,
      )
    else {
      process.stdout.write(`  Nephos is not running (state in ${config.home}).\n`)
      if (leftovers.length > 0)
        process.stdout.write(
          `  Its supervisor was killed; these go on: ${leftovers.map(({ name, pid }) => `${name} (${pid})`).join(', ')}.\n` +
            '  `./nephos up` replaces them, `./nephos down` ends them.\n',
        )
    }
    return
  }
  const report = await askStatus<StatusReport>(config)
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ running: true, home: config.home, ...report, doors: readDoors(config, report.cloud?.hosts ?? []) }, null, 2)}\n`,
    )
    return
  }
  const { cloud, processes, supervisorBytes } = report
  const now = Date.now()
  const rows = processes.map(({ name, pid, state, since, restarts, residentBytes, lastCrash }) => [
    name,
    pid === null ? '–' : String(pid),
    state,
    duration(now - Date.parse(since)),
    String(restarts),
    residentBytes === null ? '–' : mebibytes(residentBytes),
    lastCrash ? `${lastCrash.how}, ${duration(now - Date.parse(lastCrash.at))} ago` : '',
  ])
  const total = processes.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), supervisorBytes)
  const doors = cloud ? readDoors(config, cloud.hosts) : []
  if (cloud)
    process.stdout.write(
      `${cloud.memberOf ? '' : `  Dashboard  ${pc.bold(cloud.webUrl)}\n`}  API        ${cloud.apiUrl}\n  Host${cloud.hosts.length > 1 ? 's' : ' '}      ${cloud.hosts.join(', ')}: ${
        cloud.drivers?.compute.driver ?? '…'
      } compute${cloud.drivers?.compute.accelerator ? ` (${cloud.drivers.compute.accelerator})` : ''}, ${
        cloud.drivers?.network.driver ?? '…'
      } network\n${doors.map((door) => `  Outside    ${describeDoor(door)}\n`).join('')}  State      ${cloud.state}, ${statePaths(config).log}\n\n`,
    )
  process.stdout.write(
    `${table(['process', 'pid', 'state', 'for', 'restarts', 'memory', 'last crash'], rows)
      .split('\n')
      .map((line, index) => `  ${index === 0 ? pc.dim(line) : line}`)
      .join('\n')}\n\n  ${mebibytes(total)} in all, supervisor included.\n`,
  )
}
