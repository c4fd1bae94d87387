import { type QueryClient, type QueryKey, QueryObserver } from '@tanstack/react-query'
import { readError, type ShownError } from '#trpc/error.ts'
import type { ImageRow } from '../row.ts'
import { Lost, type Outcome, Refused } from './transport.ts'

/**
 * Waits until an image says what became of its file, as events tell it.
 * @throws Refused with what the cloud has against the file; Lost when it cannot be asked
 */
export async function outcomeOf(
  client: QueryClient,
  show: { queryKey: QueryKey; queryFn?: unknown },
  signal: AbortSignal,
): Promise<Outcome> {
  const options = { queryKey: show.queryKey, queryFn: show.queryFn as () => Promise<ImageRow> }
  let now: ImageRow
  try {
    now = await client.fetchQuery({ ...options, staleTime: 0 })
  } catch (error) {
    const shown = readError(error)
    throw shown.code === 'network' ? new Lost() : new Refused(shown)
  }
  const said = judge(now)
  if (said) return said
  return new Promise((resolve, reject) => {
    const leave = new QueryObserver(client, options).subscribe(({ data }) => {
      try {
        const outcome = data && judge(data)
        if (outcome) done(() => resolve(outcome))
      } catch (refused) {
        done(() => reject(refused))
      }
    })
    const done = (then: () => void) => {
      leave()
      then()
    }
    signal.addEventListener('abort', () => done(() => reject(new Lost())), { once: true })
  })
}

/** What an image's row says of its file; null while it is being stored. */
export function judge(row: Pick<ImageRow, 'status' | 'failure'>): Outcome | null {
  if (row.status === 'active' || row.status === 'deactivated') return 'stored'
  if (row.status === 'importing' || row.status === 'saving') return null
  if (row.status === 'uploading') return 'waiting'
  throw new Refused(ended(row.failure))
}

const ended = (failure: string | null): ShownError => ({
  code: 'invalid_input',
  message: failure ?? 'The upload ended before the file was stored.',
  field: null,
  remedy: failure ? null : 'Upload the file again.',
  requestId: null,
  detail: null,
})
