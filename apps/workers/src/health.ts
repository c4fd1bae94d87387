import { rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { OpenServices } from '@nephos/core'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

const patienceMs = 2_000

/** What a worker process says of itself. */
export interface HealthState {
  /** Roles that run. */
  roles: () => readonly string[]
  /** What they count themselves, in the text format of Prometheus. */
  expositions: () => readonly string[]
}

/**
 * Serves /healthz and /metrics on a Unix socket that only this user can reach. 200 as long as the process does its
 * work: without NATS it is degraded and waits; without the database or while it starts it is not healthy.
 */
export async function serveHealth(
  { db, queue, log }: OpenServices,
  path: string,
  state: HealthState,
): Promise<{ close: () => Promise<void> }> {
  const registry = metrics({ db, queue })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://socket')
    const respond = pathname === '/healthz' ? health : pathname === '/metrics' ? measured : notFound
    respond(response).catch((error: unknown) => {
      log.warn({ err: error }, 'a health request failed')
      response.destroy()
    })
  })

  const health = async (response: ServerResponse) => {
    const database = await answersInTime(db)
    const { state: nats, since } = queue.status()
    const roles = state.roles()
    const status = !database || roles.length === 0 ? 'down' : nats === 'connected' ? 'ok' : 'degraded'
    response.writeHead(status === 'down' ? 503 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        status,
        roles,
        database: { up: database },
        nats: { up: nats === 'connected', since: since.toISOString() },
      }),
    )
  }
  const measured = async (response: ServerResponse) => {
    const text = [await registry.metrics(), ...state.expositions()].join('\n')
    response.writeHead(200, { 'content-type': registry.contentType })
    response.end(text)
  }
  const notFound = async (response: ServerResponse) => {
    response.writeHead(404).end()
  }

  // What a killed process left behind; the supervisor starts a process once.
  await rm(path, { force: true })
  const mask = process.umask(0o077)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
  } finally {
    process.umask(mask)
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const answersInTime = (db: OpenServices['db']): Promise<boolean> =>
  Promise.race([
    db.lease.findFirst({ select: { name: true } }).then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), patienceMs).unref()
    }),
  ])

function metrics({ queue }: Pick<OpenServices, 'db' | 'queue'>): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'nephos_' })
  new Gauge({
    name: 'nephos_bus_connected',
    help: '1 while NATS can be used, otherwise 0.',
    registers: [registry],
    collect() {
      this.set(queue.status().state === 'connected' ? 1 : 0)
    },
  })
  return registry
}
