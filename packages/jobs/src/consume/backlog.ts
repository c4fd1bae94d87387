import type { Link } from '../bus/connect.ts'
import { streams } from '../bus/streams.ts'
import { operationIdOf } from './dead-letter.ts'

/**
 * The operations that have a message in the queue on this subject, delivered or not. Null when there are more than
 * `most` messages: the queue is busy, not stuck.
 */
export async function queuedOperations(
  link: Link,
  subject: string,
  most = 2_000,
): Promise<Set<string> | null> {
  const found = new Set<string>()
  let sequence = 1
  for (let count = 0; count < most; count++) {
    const message = await link.jsm.direct.getMessage(streams.jobs.name, {
      seq: sequence,
      next_by_subj: subject,
    })
    if (!message) return found
    const id = operationIdOf(message.data)
    if (id) found.add(id)
    sequence = message.seq + 1
  }
  return null
}
