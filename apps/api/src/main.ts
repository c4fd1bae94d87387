import { openConsoleDoor } from '@nephos/api'
import { ConfigError, healthSocket, loadConfig, processName } from '@nephos/config'
import { createServices, NephosError } from '@nephos/core'
import { createApps } from './app.ts'
import { listen } from './server.ts'

async function main(): Promise<void> {
  const config = loadConfig()
  const name = processName('api')
  const services = createServices({ config, processName: name })
  const { log } = services
  const consoles = openConsoleDoor(services)
  const server = await listen(createApps(services), config, healthSocket(config, name), consoles)
  // The supervisor reads this line to learn the port when 0 was configured.
  process.stdout.write(`${JSON.stringify({ listening: { url: server.url, port: server.port } })}\n`)

  let ending = false
  const end = async (signal: string) => {
    if (ending) return
    ending = true
    log.info({ signal }, 'ending')
    await server.close()
    await services.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unheard'))
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof NephosError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
