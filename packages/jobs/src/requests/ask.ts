import { errors, headers as newHeaders } from '@nats-io/nats-core'
import { traceparent } from '@nephos/tracing'
import { z } from 'zod'
import type { Bus } from '../bus/connect.ts'
import {
  type RequestDefinition,
  type RequestInput,
  type RequestName,
  type RequestOutput,
  requests,
} from '../catalogue/requests.ts'
import { RemoteError, wireErrorSchema } from './remote-error.ts'
import { requestSubject } from './serve.ts'

/** Asks the worker of one host now. */
export type AskHost = <Name extends RequestName>(
  host: string,
  name: Name,
  input: RequestInput<Name>,
  options?: { requestId?: string },
) => Promise<RequestOutput<Name>>

const replySchema = z.union([z.object({ ok: z.unknown() }), z.object({ error: wireErrorSchema })])

/**
 * Makes the `ask` of this process.
 * @param own name of the host that this process works for; without one it cannot ask what is bound to the asker
 * The function throws RemoteError: `unavailable` when nobody answers, otherwise what the worker itself said.
 */
export const askOver =
  (bus: Bus, own?: string): AskHost =>
  async (host, name, input, { requestId } = {}) => {
    const definition: RequestDefinition = requests[name]
    if (definition.bound && !own) throw new Error(`${name} can be asked by the worker of a host only`)
    const unavailable = (message: string, cause?: unknown) =>
      new RemoteError(
        {
          code: 'unavailable',
          message,
          remedy: 'Try again in a moment; an administrator can see the state of the services.',
          detail: { host, role: definition.role, request: name },
        },
        cause,
      )
    const link = bus.now()
    if (!link) throw unavailable('The message queue (NATS) is down.')
    const headers = newHeaders()
    if (requestId) headers.set('Nephos-Request-Id', requestId)
    const parent = traceparent()
    if (parent) headers.set('traceparent', parent)
    let body: unknown
    try {
      const reply = await link.nc.request(
        requestSubject(host, name, own),
        JSON.stringify(definition.input.parse(input)),
        {
          timeout: definition.timeoutMs,
          headers,
        },
      )
      body = reply.json()
    } catch (error) {
      if (error instanceof errors.TimeoutError)
        throw unavailable(
          `The ${definition.role} worker of host ${host} did not answer within ${definition.timeoutMs / 1000} seconds.`,
          error,
        )
      if (error instanceof errors.RequestError || error instanceof errors.ConnectionError)
        throw unavailable(`The ${definition.role} worker of host ${host} is not running.`, error)
      throw error
    }
    const reply = replySchema.parse(body)
    if ('error' in reply) throw new RemoteError(reply.error)
    return definition.output.parse(reply.ok) as never
  }
