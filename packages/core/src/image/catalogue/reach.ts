import { catalogue } from './entries.ts'

/** Whether the cloud can fetch one of the catalogue's images now. */
export interface Reached {
  id: string
  reachable: boolean
  /** Bytes of the file, as its server says; null when it does not. */
  size: number | null
}

const patienceMs = 5_000
const keptMs = 60_000

let last: { at: number; answers: Promise<Reached[]> } | null = null

/** Asks the servers of all images for their heads; an answer counts for a minute. */
export function reachAll(fetcher: typeof fetch = fetch, now = Date.now()): Promise<Reached[]> {
  if (last && now - last.at < keptMs) return last.answers
  const answers = Promise.all(catalogue.map(({ id, url }) => reach(id, url, fetcher)))
  last = { at: now, answers }
  return answers
}

async function reach(id: string, url: string, fetcher: typeof fetch): Promise<Reached> {
  try {
    const answer = await fetcher(url, { method: 'HEAD', signal: AbortSignal.timeout(patienceMs) })
    const size = Number(answer.headers.get('content-length'))
    return { id, reachable: answer.ok, size: answer.ok && size > 0 ? size : null }
  } catch {
    return { id, reachable: false, size: null }
  }
}
