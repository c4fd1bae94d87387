import { setTimeout as sleep } from 'node:timers/promises'
import type { QmpClient } from './qmp-client.ts'

/** A guest that is still booting misses the button, so it is pressed again. */
const everyMs = 10_000

/**
 * Presses the power button, again and again, until it is woken or the time is over.
 * @param monitor the machine's monitor; null ends it
 * @param woken aborted when there is nothing to wait for any more
 */
export async function pressPowerButton(
  monitor: () => QmpClient | null,
  timeoutMs: number,
  woken: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (performance.now() < deadline && !woken.aborted) {
    const qmp = monitor()
    if (!qmp) return
    await qmp.execute('system_powerdown', {}, 2_000).catch(() => {})
    const pause = Math.min(everyMs, Math.max(0, deadline - performance.now()))
    await sleep(pause, undefined, { signal: woken }).catch(() => {})
  }
}
