import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks until the answer is not undefined, null or false.
 * @throws Error naming `what` when that takes longer than `timeoutMs`
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  { timeoutMs = 60_000, everyMs = 250 } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const answer = await ask()
      if (answer) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    await sleep(everyMs)
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last })
}
