import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core'
import type { MovePart } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { Json } from './parts.ts'

/** How a part that another host does is led. */
export interface LeadOptions {
  migrationId: string
  input?: Json
  signal?: AbortSignal
  onProgress?: (message: string | null, doneBytes: number | null, totalBytes: number | null) => void
  /** Milliseconds for which a host may not answer, 0: it is asked once; that of a service which counts as down by default. */
  patienceMs?: number
}

const againMs = 100
const unansweredMs = 500

/**
 * Has a host do a part of a move and waits for its end. A host that is just being started again is waited for.
 * @throws NephosError what made the part fail; unavailable; cancelled
 */
export async function lead(
  { services }: ComputeDeps,
  host: string,
  part: MovePart,
  { migrationId, input = null, signal, onProgress, patienceMs }: LeadOptions,
): Promise<Json> {
  const patience = patienceMs ?? services.config.serviceDownTime * 1000
  let silentSince: number | null = null
  for (;;) {
    if (signal?.aborted) throw new NephosError('cancelled', 'The move was cancelled.')
    try {
      const answer = await services.ask(host, 'migration.work', { migrationId, part, input })
      silentSince = null
      onProgress?.(answer.message, answer.doneBytes, answer.totalBytes)
      if (answer.done) return answer.result
      await sleep(againMs)
    } catch (error) {
      if (!(error instanceof NephosError) || error.code !== 'unavailable') throw error
      silentSince ??= performance.now()
      if (performance.now() - silentSince >= patience) throw error
      await sleep(unansweredMs)
    }
  }
}
