import { createHash } from 'node:crypto'
import { isRecordNotFound, isUniqueViolation } from '@nephos/db'
import { type Ctx, NephosError } from '../../kernel/index.ts'

/** Length of the window in which failed logins are counted. */
export const throttleWindowMs = 5 * 60_000
/** Failures of one account from one address, and of one address in all, until it must wait for the window's end. */
export const throttleLimits = { account: 10, address: 100 } as const

/** An attempt that was counted; a success takes it back. */
export interface CountedAttempt {
  succeeded: () => Promise<void>
}

/**
 * Counts one attempt to sign in, before the password is looked at, so that parallel attempts count too. An account is
 * only ever counted together with the address, so nobody can lock a person out from elsewhere.
 * @throws NephosError rate_limited with `detail.retryAfterSeconds`
 */
export async function countAttempt(ctx: Ctx, account: string): Promise<CountedAttempt> {
  const address = networkOf(ctx.address)
  const hash = createHash('sha256').update(`${account}\0${address}`).digest('hex')
  const counters = [
    { key: `account:${hash}`, limit: throttleLimits.account },
    { key: `address:${address}`, limit: throttleLimits.address },
  ]
  for (const { key, limit } of counters) {
    const { failures, windowStart } = await raise(ctx, key)
    if (failures <= limit) continue
    const retryAfterSeconds = Math.max(
      1,
      Math.ceil((windowStart.getTime() + throttleWindowMs - Date.now()) / 1000),
    )
    throw new NephosError('rate_limited', 'Too many failed logins from your address.', {
      remedy: `Wait ${retryAfterSeconds} seconds and try again.`,
      detail: { retryAfterSeconds },
    })
  }
  const [own, shared] = counters.map(({ key }) => key)
  return {
    succeeded: async () => {
      await ctx.db.loginThrottle.deleteMany({ where: { key: own } })
      await ctx.db.loginThrottle.updateMany({
        where: { key: shared, failures: { gt: 0 } },
        data: { failures: { decrement: 1 } },
      })
    },
  }
}

/** One attempt more. The counter's value comes from the same statement, so that parallel attempts see different ones. */
async function raise({ db }: Ctx, key: string): Promise<{ failures: number; windowStart: Date }> {
  for (;;) {
    const windowStart = new Date()
    const oldest = new Date(windowStart.getTime() - throttleWindowMs)
    try {
      return await db.loginThrottle.update({
        where: { key, windowStart: { gt: oldest } },
        data: { failures: { increment: 1 } },
      })
    } catch (error) {
      if (!isRecordNotFound(error)) throw error
    }
    const restarted = await db.loginThrottle.updateMany({
      where: { key, windowStart: { lte: oldest } },
      data: { failures: 1, windowStart },
    })
    if (restarted.count === 1) return { failures: 1, windowStart }
    try {
      return await db.loginThrottle.create({ data: { key, failures: 1, windowStart } })
    } catch (error) {
      // Another attempt began the window in this moment: count in it.
      if (!isUniqueViolation(error)) throw error
    }
  }
}

/** The part of an address that one customer usually has: all of IPv4, the first 64 bits of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!address.includes(':')) return address.slice(0, 64)
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const first = head ? head.split(':') : []
  const last = tail ? tail.split(':') : []
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - first.length - last.length)).fill('0')
  return `${[...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`.slice(0, 64)
}
