import { z } from 'zod'

const answer = z.object({ status: z.string() })

/** Power state (1 running, 3 paused, 4 shut down, 6 crashed) of an answer to `query-status`; null when it is none. */
export function powerStateOf(queryStatus: unknown): 1 | 3 | 4 | 6 | null {
  const parsed = answer.safeParse(queryStatus)
  if (!parsed.success) return null
  switch (parsed.data.status) {
    case 'running':
      return 1
    case 'shutdown':
      return 4
    case 'internal-error':
    case 'guest-panicked':
      return 6
    default:
      return 3
  }
}
