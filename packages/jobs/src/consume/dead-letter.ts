import { type MsgHdrs, headers as newHeaders } from '@nats-io/nats-core'
import type { Db } from '@nephos/db'
import type { Logger } from 'pino'
import type { Bus } from '../bus/connect.ts'
import type { CloudEvent } from '../catalogue/events.ts'
import { failOperation } from '../operation/finish.ts'
import { operationEvent } from '../operation/row.ts'
import type { Failure } from '../saga/define.ts'

/** A message that will not be tried again. */
export interface DeadLetter {
  /** Id that keeps the same letter from being filed twice. */
  id: string
  /** Where it was published: `job.compute.host1.instance.create`. */
  subject: string
  data: Uint8Array
  headers?: MsgHdrs
  deliveries: number
  failure: Failure
}

/** What filing a dead letter needs. */
export interface DeadLetterOffice {
  db: Db
  bus: Bus
  log: Logger
  /** Sends an event and waits until it is stored. */
  publish: (event: CloudEvent) => Promise<void>
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The operation a message is about, if one can be read from it. */
export function operationIdOf(data: Uint8Array): string | undefined {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(data))
    const id = payload && typeof payload === 'object' && 'operationId' in payload && payload.operationId
    return typeof id === 'string' && uuid.test(id) ? id : undefined
  } catch {
    return undefined
  }
}

/**
 * Files a message under `dead.>` with the reason, and ends its operation as failed, where a person sees it and can
 * retry. Throws when that could not be recorded: the message must then be kept.
 */
export async function fileDeadLetter(office: DeadLetterOffice, letter: DeadLetter): Promise<void> {
  const { failure, subject, data } = letter
  const operationId = operationIdOf(data)
  office.log.error(
    { subject, operationId, deliveries: letter.deliveries, code: failure.code, reason: failure.message },
    'dead letter',
  )
  if (operationId) {
    const operation = await failOperation(office.db, operationId, failure)
    if (operation) await office.publish(operationEvent(operation, 'updated'))
  }
  const headers = newHeaders()
  for (const [name, values] of letter.headers ?? []) {
    if (name.startsWith('Nats-')) continue
    for (const value of values) headers.append(name, value)
  }
  headers.set('Nephos-Dead-Code', failure.code)
  headers.set('Nephos-Dead-Reason', failure.message.replaceAll(/[\r\n]+/g, ' '))
  headers.set('Nephos-Dead-Deliveries', String(letter.deliveries))
  const link = await office.bus.ready(AbortSignal.timeout(5_000))
  await link.js.publish(`dead.${subject}`, data, { headers, msgID: letter.id })
}
