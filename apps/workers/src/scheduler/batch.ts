/** How many calls were answered together, and how they ended. */
type Waiting<In> = { input: In; resolve: () => void; reject: (error: unknown) => void }

/**
 * Collects calls that arrive while the last batch is being worked on and works on them together: under load many at
 * a time, otherwise each one at once.
 */
export function batched<In>(
  most: number,
  work: (inputs: In[]) => Promise<(Error | null)[]>,
): (input: In) => Promise<void> {
  let waiting: Waiting<In>[] = []
  let running = false

  const run = async () => {
    running = true
    // Calls that were made in the same turn of the event loop belong together.
    await new Promise((resolve) => setImmediate(resolve))
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
    }
    running = false
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject })
      if (!running) void run()
    })
}
