import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { consoleDoor } from './console-door.ts'
import { services } from './services.ts'

const patienceMs = 2_000

/** Whether the process can serve, and what of the cloud is missing. */
export async function health(): Promise<{ status: 'ok' | 'degraded' | 'down'; [part: string]: unknown }> {
  const { db, queue } = services()
  const start = performance.now()
  const database = await Promise.race([
    db.lease.findFirst({ select: { name: true } }).then(
      () => ({ up: true, milliseconds: Math.round(performance.now() - start) }),
      () => ({ up: false, milliseconds: null }),
    ),
    new Promise<{ up: false; milliseconds: null }>((resolve) => {
      setTimeout(() => resolve({ up: false, milliseconds: null }), patienceMs).unref()
    }),
  ])
  const { state, since } = queue.status()
  const nats = { up: state === 'connected', since: since.toISOString() }
  return { status: database.up ? (nats.up ? 'ok' : 'degraded') : 'down', database, nats }
}

const holder = globalThis as typeof globalThis & { nephosWebMetrics?: Registry }

/** The measurements of this process. */
export function metrics(): Registry {
  if (holder.nephosWebMetrics) return holder.nephosWebMetrics
  const registry = new Registry()
  holder.nephosWebMetrics = registry
  collectDefaultMetrics({ register: registry, prefix: 'nephos_' })
  const registers = [registry]
  new Gauge({
    name: 'nephos_event_subscribers',
    help: 'Open event streams of dashboards.',
    registers,
    collect() {
      this.set(services().queue.hub().subscribers())
    },
  })
  new Gauge({
    name: 'nephos_console_connections',
    help: 'Open consoles of dashboards.',
    registers,
    collect() {
      this.set(consoleDoor().open())
    },
  })
  new Gauge({
    name: 'nephos_bus_connected',
    help: '1 while NATS can be used, otherwise 0.',
    registers,
    collect() {
      this.set(services().queue.status().state === 'connected' ? 1 : 0)
    },
  })
  return registry
}
