/** How many calls were answered together, and how they ended. */
type Waiting<In> = { input: In; resolve: () => void; reject: (error: unknown) => void }

/** Under load a batch waits this long for company. */
const gatherMs = 20
/** Load: the last batch ended less than this long ago. */
const busyMs = 60

/**
 * Collects calls and works on them together: under load many at a time, otherwise each one at once.
 */
export function batched<In>(
  most: number,
  work: (inputs: In[]) => Promise<(Error | null)[]>,
): (input: In) => Promise<void> {
  let waiting: Waiting<In>[] = []
  let running = false
  let endedAt = Number.NEGATIVE_INFINITY

  const gather = () =>
    new Promise<void>((resolve) => {
      if (performance.now() - endedAt < busyMs) setTimeout(resolve, gatherMs)
      // Calls that were made in the same turn of the event loop belong together.
      else setImmediate(resolve)
    })

  const run = async () => {
    running = true
    await gather()
    while (waiting.length > 0) {
      const now = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const answers = await work(now.map(({ input }) => input))
        now.forEach(({ resolve, reject }, index) => {
          const error = answers[index]
          if (error) reject(error)
          else resolve()
        })
      } catch (error) {
        for (const { reject } of now) reject(error)
      }
      endedAt = performance.now()
      if (waiting.length > 0 && waiting.length < most) await gather()
    }
    running = false
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject })
      if (!running) void run()
    })
}
