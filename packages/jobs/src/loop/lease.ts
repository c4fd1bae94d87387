import { type Db, isUniqueViolation } from '@nephos/db'

/** How a named lease is held. */
export interface LeaseOptions {
  db: Db
  /** What is to be done by one process at a time: `sweep-operations`. */
  name: string
  /** Unique for this process and start. */
  owner: string
  /** How long the lease lasts after the owner's last sign of life. Choose at least twice the period of the work. */
  ttlMs: number
}

/**
 * Runs `work` if this process has, or gets, the named lease. The lease is renewed while the work runs and is kept
 * afterwards, so that the same process goes on at the next round and another takes over `ttlMs` after its death.
 * `signal` aborts when the lease is lost meanwhile.
 * @returns the result, or undefined when another process holds the lease
 */
export async function withLease<T>(
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ result: T } | undefined> {
  if (!(await take(options))) return undefined
  const lost = new AbortController()
  const renewal = setInterval(() => {
    take(options)
      .then((held) => held || lost.abort(new Error(`the lease ${options.name} was lost`)))
      // An unreachable database refuses the work's own writes too.
      .catch(() => undefined)
  }, options.ttlMs / 3)
  try {
    return { result: await work(lost.signal) }
  } finally {
    clearInterval(renewal)
  }
}

/** Gives the lease up at once, if it is this owner's: for an orderly end of the process. */
export async function releaseLease({ db, name, owner }: Omit<LeaseOptions, 'ttlMs'>): Promise<void> {
  await db.lease.updateMany({ where: { name, owner }, data: { expiresAt: new Date(0) } })
}

async function take({ db, name, owner, ttlMs }: LeaseOptions): Promise<boolean> {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + ttlMs)
  const mine = await db.lease.updateMany({ where: { name, owner }, data: { expiresAt } })
  if (mine.count > 0) return true
  const expired = await db.lease.updateMany({
    where: { name, expiresAt: { lt: now } },
    data: { owner, expiresAt, token: { increment: 1 } },
  })
  if (expired.count > 0) return true
  if (await db.lease.findUnique({ where: { name }, select: { name: true } })) return false
  try {
    await db.lease.create({ data: { name, owner, expiresAt } })
    return true
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}
