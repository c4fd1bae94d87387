import type { OpenServices } from '@nephos/core'

const patienceMs = 2_000

/** Whether the process can serve, and what of the cloud is missing. */
export interface Health {
  /** `degraded`: it serves, but work that needs NATS waits until it is back. */
  status: 'ok' | 'degraded' | 'down'
  database: { up: boolean; milliseconds: number | null }
  nats: { up: boolean; since: string }
}

/** Asks the database and the bus how they are. Never throws. */
export async function checkHealth({ db, queue }: Pick<OpenServices, 'db' | 'queue'>): Promise<Health> {
  const start = performance.now()
  const database = await Promise.race([
    db.lease.findFirst({ select: { name: true } }).then(
      () => ({ up: true, milliseconds: Math.round(performance.now() - start) }),
      () => ({ up: false, milliseconds: null }),
    ),
    new Promise<Health['database']>((resolve) => {
      setTimeout(() => resolve({ up: false, milliseconds: null }), patienceMs).unref()
    }),
  ])
  const { state, since } = queue.status()
  const nats = { up: state === 'connected', since: since.toISOString() }
  return { status: database.up ? (nats.up ? 'ok' : 'degraded') : 'down', database, nats }
}
