import type { JsMsg } from '@nats-io/jetstream'
import { headers as newHeaders } from '@nats-io/nats-core'
import { continued, traced } from '@nephos/tracing'
import type { Logger } from 'pino'
import { type JobDefinition, type JobName, jobs } from '../catalogue/jobs.ts'
import { type Failure, RetryLater } from '../saga/define.ts'
import { Interrupted, LeaseLost, toFailure } from '../saga/errors.ts'
import type { SagaTools } from '../saga/tools.ts'
import { type DeadLetterOffice, fileDeadLetter } from './dead-letter.ts'
import type { JobDelivery, JobHandler, JobHandlers } from './handler.ts'

/** What handling a message needs. */
export interface Post {
  office: DeadLetterOffice
  tools: SagaTools
  handlers: JobHandlers
  /** In place of the catalogue's. */
  backoffMs?: readonly number[]
  log: Logger
  /** Aborts when the process is asked to end. */
  signal: AbortSignal
}

/** How long a job may go on saying "not yet". */
const patienceMs = 30 * 60_000

/** Reads, checks and handles one message, and answers NATS. Never rejects. */
export async function deliver(post: Post, message: JsMsg): Promise<void> {
  const name = message.subject.split('.').slice(3).join('.')
  const job: JobDefinition | undefined = Object.hasOwn(jobs, name) ? jobs[name as JobName] : undefined
  const log = post.log.child({
    job: name,
    requestId: header(message, 'Nephos-Request-Id'),
    messageId: header(message, 'Nats-Msg-Id'),
  })
  const due = Number(header(message, 'Nephos-Not-Before') || 0)
  if (due > Date.now()) return message.nak(due - Date.now())

  const heartbeat = setInterval(() => message.working(), (job?.ackWaitMs ?? 30_000) / 3)
  try {
    await continued(header(message, 'traceparent'), () =>
      traced(`job ${name}`, { 'nephos.request_id': header(message, 'Nephos-Request-Id') }, () =>
        handle(post, message, log, name, job),
      ),
    )
  } catch (error) {
    // The database or NATS refused what had to be recorded: the message stays and comes again.
    log.error({ err: error }, 'the end of a job could not be recorded')
    message.nak(5_000)
  } finally {
    clearInterval(heartbeat)
  }
}

async function handle(post: Post, message: JsMsg, log: Logger, name: string, job?: JobDefinition) {
  const deliveries = message.info.deliveryCount
  if (!job) return bury(post, message, { code: 'internal', message: `No worker knows the job ${name}.` })
  const read = understand(post.handlers, message, name as JobName, job)
  if ('problem' in read) return bury(post, message, { code: 'internal', message: read.problem })
  // A deferred copy spends one delivery on waiting for its moment.
  const backoffMs = post.backoffMs ?? job.backoffMs
  const allowed = backoffMs.length + 1 + (header(message, 'Nephos-Not-Before') ? 1 : 0)
  const delivery: JobDelivery = {
    name: name as JobName,
    payload: read.payload,
    requestId: header(message, 'Nephos-Request-Id'),
    deliveries,
    last: deliveries >= allowed,
    signal: post.signal,
    log,
    tools: post.tools,
  }
  const giveUp = (failure: Failure, undo: boolean) =>
    bury(post, message, failure, () => read.handler.giveUp?.(delivery, failure, undo))

  if (deliveries > allowed) {
    const failure = {
      code: 'internal',
      message: `The work was begun ${deliveries - 1} times and never came to an end.`,
    }
    // A few tries, as the lease of the last holder may have to expire first.
    return giveUp(failure, deliveries <= allowed + 3)
  }
  try {
    await read.handler.run(delivery)
    message.ack()
  } catch (error) {
    if (error instanceof LeaseLost) return log.warn(error.message)
    if (error instanceof Interrupted || post.signal.aborted) return message.nak()
    if (error instanceof RetryLater) {
      const since = Number(header(message, 'Nephos-Deferred-Since')) || Date.now()
      if (Date.now() - since < patienceMs) return defer(post, message, error, since)
      return giveUp(
        { code: 'timeout', message: `It could not start in half an hour: ${error.message}` },
        true,
      )
    }
    log.warn({ err: error, deliveries }, 'a job failed')
    if (delivery.last) return giveUp(toFailure(error), true)
    message.nak(backoffMs[deliveries - 1] ?? 60_000)
  }
}

type Understood = { payload: unknown; handler: JobHandler } | { problem: string }

function understand(handlers: JobHandlers, message: JsMsg, name: JobName, job: JobDefinition): Understood {
  const handler = handlers[name] as JobHandler | undefined
  if (!handler) return { problem: `This worker has no handler for the job ${name}.` }
  const version = Number(header(message, 'Nephos-Job-Version') || job.version)
  if (version !== job.version)
    return {
      problem: `The job ${name} came in version ${version}, this worker knows version ${job.version}.`,
    }
  let json: unknown
  try {
    json = message.json()
  } catch {
    return { problem: `The job ${name} is not JSON.` }
  }
  const parsed = job.payload.safeParse(json)
  if (parsed.success) return { handler, payload: parsed.data }
  const issue = parsed.error.issues[0]
  return {
    problem: `The job ${name} is not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
  }
}

/** Ends a message for good. The reason is published by us: NATS 2.9 does not understand one given to `term`. */
async function bury(post: Post, message: JsMsg, failure: Failure, giveUp?: () => Promise<void> | undefined) {
  try {
    await giveUp?.()
  } catch (error) {
    if (error instanceof RetryLater) return message.nak(error.delayMs)
    if (error instanceof LeaseLost) return
    if (error instanceof Interrupted) return message.nak()
    post.log.error({ err: error, subject: message.subject }, 'a job could not even be given up in order')
  }
  await fileDeadLetter(post.office, {
    id: `dead-${header(message, 'Nats-Msg-Id') || message.seq}`,
    subject: message.subject,
    data: message.data,
    headers: message.headers,
    deliveries: message.info.deliveryCount,
    failure,
  })
  message.term()
}

/**
 * Puts a copy of the message back into the queue for later, so that waiting does not use up the deliveries that are
 * meant for failures.
 */
async function defer(post: Post, message: JsMsg, reason: RetryLater, since: number) {
  const round = Number(header(message, 'Nephos-Deferrals') || 0) + 1
  const original =
    header(message, 'Nephos-Deferred-Id') || header(message, 'Nats-Msg-Id') || `seq-${message.seq}`
  const headers = newHeaders()
  for (const [key, values] of message.headers ?? [])
    if (!key.startsWith('Nats-')) for (const value of values) headers.append(key, value)
  headers.set('Nephos-Not-Before', String(Date.now() + reason.delayMs))
  headers.set('Nephos-Deferred-Since', String(since))
  headers.set('Nephos-Deferred-Id', original)
  headers.set('Nephos-Deferrals', String(round))
  const link = post.office.bus.now()
  if (!link) return message.nak(reason.delayMs)
  try {
    await link.js.publish(message.subject, message.data, { headers, msgID: `${original}:${round}` })
    message.ack()
  } catch (error) {
    post.log.warn({ err: error }, 'a job could not be deferred; it comes again')
    message.nak(reason.delayMs)
  }
}

const header = (message: JsMsg, name: string): string => message.headers?.get(name) ?? ''
