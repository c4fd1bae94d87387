import type { Msg, Subscription } from '@nats-io/nats-core'
import { continued, traced } from '@nephos/tracing'
import type { Logger } from 'pino'
import type { Bus } from '../bus/connect.ts'
import { hostToken } from '../catalogue/jobs.ts'
import {
  type RequestDefinition,
  type RequestInput,
  type RequestName,
  type RequestOutput,
  requests,
} from '../catalogue/requests.ts'
import { RemoteError, toWire } from './remote-error.ts'

/** What is known of a request beside its input. */
export interface RequestCall {
  requestId: string
  log: Logger
  /** Token of the host that asks, for requests that are bound to it; NATS vouches for it. Empty for all others. */
  asker: string
}

/** Answers of a role's worker, by name of the request. */
export type RequestHandlers = {
  [Name in RequestName]?: (input: RequestInput<Name>, call: RequestCall) => Promise<RequestOutput<Name>>
}

/** Which requests are answered, and how. */
export interface ServeOptions {
  role: 'compute' | 'network' | 'volume' | 'scheduler'
  host: string
  handlers: RequestHandlers
}

/** Between the name of a bound request and the host that asks. */
const by = '.by.'

/**
 * The subject a request travels on: `ask.<role>.<host>.<name>`, and for bound ones `.by.<host that asks>` after it.
 * @param asker name of the host that asks; for permissions
 */
export const requestSubject = (host: string, name: RequestName, asker = ''): string => {
  const definition: RequestDefinition = requests[name]
  const from = definition.bound ? `${by}${hostToken(asker)}` : ''
  return `ask.${definition.role}.${host === '*' ? host : hostToken(host)}.${name}${from}`
}

/** Answers requests to one host until stopped; also when NATS is down now and comes back. */
export function serveRequests(bus: Bus, log: Logger, options: ServeOptions): { stop: () => Promise<void> } {
  const ending = new AbortController()
  const running = new Set<Promise<void>>()
  let subscription: Subscription | undefined

  // The client renews its subscription by itself after every reconnect.
  const subscribed = bus
    .ready(ending.signal)
    .then(({ nc }) => {
      subscription = nc.subscribe(`ask.${options.role}.${hostToken(options.host)}.>`, {
        queue: `${options.role}-${hostToken(options.host)}`,
        callback: (error, message) => {
          if (error) return log.error({ err: error }, 'the subscription for requests ended')
          const done: Promise<void> = answer(log, options.handlers, message).finally(() =>
            running.delete(done),
          )
          running.add(done)
        },
      })
    })
    .catch(() => undefined)

  return {
    stop: async () => {
      ending.abort()
      await subscribed
      if (bus.now()) await subscription?.drain().catch(() => undefined)
      else subscription?.unsubscribe()
      await Promise.allSettled(running)
    },
  }
}

async function answer(log: Logger, handlers: RequestHandlers, message: Msg): Promise<void> {
  const [name = '', asker = ''] = message.subject.split('.').slice(3).join('.').split(by)
  const requestId = message.headers?.get('Nephos-Request-Id') ?? ''
  const child = log.child({ request: name, requestId })
  const respond = (body: unknown) => message.respond(JSON.stringify(body))
  try {
    const definition: RequestDefinition | undefined = Object.hasOwn(requests, name)
      ? requests[name as RequestName]
      : undefined
    const handler = handlers[name as RequestName] as
      | ((input: unknown, call: RequestCall) => Promise<unknown>)
      | undefined
    if (!definition || !handler)
      throw new RemoteError({ code: 'unsupported', message: `This worker does not answer ${name}.` })
    if (definition.bound && !asker)
      throw new RemoteError({
        code: 'forbidden',
        message: `Only a host that says who it is may ask for ${name}.`,
      })
    const input = definition.input.safeParse(message.json())
    if (!input.success) {
      const issue = input.error.issues[0]
      throw new RemoteError({
        code: 'invalid_input',
        message: `${issue?.path.join('.') || name}: ${issue?.message ?? 'not valid'}`,
      })
    }
    const work = () => handler(input.data, { requestId, log: child, asker })
    const answered = await continued(message.headers?.get('traceparent'), () =>
      traced(`ask ${name}`, { 'nephos.request_id': requestId }, work),
    )
    respond({ ok: definition.output.parse(answered) })
  } catch (error) {
    child.warn({ err: error }, 'a request failed')
    respond({ error: toWire(error) })
  }
}
