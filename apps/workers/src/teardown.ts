/**
 * Ends the machines of a host and removes its networks, while its workers are down: `--host name [--destroy]`. Prints
 * one JSON object `{machines, networks}`; the log goes to standard error.
 */
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '@nephos/config'
import { openLog } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { pino } from 'pino'
import { tearDownHost } from './tear-down-host.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { host: { type: 'string' }, destroy: { type: 'boolean' } } })
  const config = loadConfig(values.host ? { overrides: { hostName: values.host } } : {})
  const log = openLog(config, `teardown-${config.hostName}`, pino.destination(2))
  const report = await tearDownHost(config, log, { destroy: values.destroy ?? false })
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof NephosError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
})
