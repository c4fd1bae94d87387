import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError, healthSocket, loadConfig, processName } from '@nephos/config'
import { createServices, NephosError } from '@nephos/core'
import { readArguments } from './arguments.ts'
import { serveHealth } from './health.ts'
import type { RunningRole } from './role.ts'
import { startRole } from './roles.ts'

/** Longer than every drain together; afterwards the work is handed on by its leases anyway. */
const drainMs = 25_000

async function main(): Promise<void> {
  const { roles, host } = readArguments(process.argv.slice(2))
  const config = loadConfig(host ? { overrides: { hostName: host } } : {})
  const { hostName } = config
  const name = processName(roles.includes('scheduler') ? 'control' : `${roles[0]}-${hostName}`)
  const onHost = roles.some((role) => role === 'compute' || role === 'network' || role === 'volume')
  const services = createServices({ config, processName: name, ...(onHost && { host: hostName }) })
  const { log } = services
  const running: { role: string; worker: RunningRole }[] = []
  const socket = healthSocket(config, name)
  await mkdir(dirname(socket), { recursive: true })
  const health = await serveHealth(services, socket, {
    roles: () => (running.length === roles.length ? running.map(({ role }) => role) : []),
    expositions: () => running.map(({ worker }) => worker.exposition?.() ?? ''),
  })

  let ending = false
  const end = async (signal: string) => {
    if (ending) return
    ending = true
    log.info({ signal }, 'ending; machines and networks stay')
    setTimeout(() => {
      log.warn('the work could not be handed back in time')
      process.exit(0)
    }, drainMs).unref()
    await Promise.allSettled(running.map(({ worker }) => worker.stop()))
    await health.close()
    await services.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unheard'))

  for (const role of roles) {
    if (ending) return
    running.push({ role, worker: await startRole[role]({ services, hostName }) })
    log.info({ role }, 'started')
  }
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof NephosError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
