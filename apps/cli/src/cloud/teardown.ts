import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { z } from 'zod'
import { root } from '../installation.ts'
import { capture } from '../prepare/run.ts'
import { readCloudFile } from '../supervisor/cloud-file.ts'
import { processEnvironment } from './environment.ts'

const report = z.object({ machines: z.number(), networks: z.number() })

/** What was ended on the hosts of this cloud. */
export type Teardown = z.infer<typeof report>

/**
 * Ends the machines of every host of this cloud on this computer and removes their networks: taps, bridges,
 * namespaces. Their disks stay, unless `destroy`. The workers must be down.
 * @throws Failure with the worker's own words
 */
export async function tearDown(config: NephosConfig, { destroy }: { destroy: boolean }): Promise<Teardown> {
  const { hosts } = statePaths(config)
  const total = { machines: 0, networks: 0 }
  if (!existsSync(hosts)) return total
  const drivers = readCloudFile(config)?.drivers
  for (const entry of readdirSync(hosts, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const host = entry.name
    const { stdout } = await capture(
      process.execPath,
      [join(root, 'apps/workers/dist/teardown.mjs'), '--host', host, ...(destroy ? ['--destroy'] : [])],
      {
        cwd: config.home,
        env: {
          ...processEnvironment(config, `teardown-${host}`),
          NEPHOS_HOST_NAME: host,
          // As the cloud last ran: what it made is what has to go.
          ...(drivers && {
            NEPHOS_COMPUTE_DRIVER: drivers.compute.driver,
            NEPHOS_NETWORK_DRIVER: drivers.network.driver,
          }),
        },
        timeoutMs: 120_000,
      },
    )
    const last = stdout.trim().split('\n').at(-1) ?? ''
    const { machines, networks } = report.parse(JSON.parse(last))
    total.machines += machines
    total.networks += networks
  }
  return total
}
