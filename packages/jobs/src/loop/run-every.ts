import type { Logger } from 'pino'
import { sleep } from '../bus/connect.ts'

/** A piece of work that is repeated. */
export interface LoopOptions {
  name: string
  everyMs: number
  /** Part of the period by which each wait differs at random (0.1 unless set), so that processes do not march in step. */
  jitter?: number
  log: Logger
  /** An error is logged and the next round comes as usual. */
  run: (signal: AbortSignal) => Promise<unknown>
}

/** A running loop. */
export interface Loop {
  /** Starts the next round now instead of at its time. */
  now: () => void
  /** Ends the loop and waits for the round that runs. */
  stop: () => Promise<void>
}

/** Runs the work at once and then again and again, never two rounds at a time. */
export function runEvery({ name, everyMs, jitter = 0.1, log, run }: LoopOptions): Loop {
  const ending = new AbortController()
  let wake = new AbortController()
  const loop = async () => {
    while (!ending.signal.aborted) {
      wake = new AbortController()
      try {
        await run(ending.signal)
      } catch (error) {
        if (!ending.signal.aborted) log.warn({ err: error, loop: name }, 'a round of a loop failed')
      }
      const wait = everyMs * (1 + jitter * (Math.random() * 2 - 1))
      await sleep(wait, AbortSignal.any([ending.signal, wake.signal]))
    }
  }
  const running = loop()
  return {
    now: () => wake.abort(),
    stop: async () => {
      ending.abort()
      await running
    },
  }
}
