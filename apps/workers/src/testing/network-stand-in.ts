import { NephosError, type Services, tapName } from '@nephos/core'
import type { RequestHandlers } from '@nephos/jobs'

/** Stands in for the network worker of a host, and remembers which ports are wired. */
export class NetworkStandIn {
  readonly wired = new Set<string>()
  /** Port → host to which what is for it is copied. */
  readonly copied = new Map<string, string>()

  readonly handlers = {
    'network.wire': async ({ portIds }) => {
      for (const id of portIds) this.wired.add(id)
      return {
        ports: portIds.map((portId) => ({ portId, tap: tapName(portId), netns: null, mtu: 1450 })),
      }
    },
    'network.accept': async ({ portIds }) => {
      this.#wiredOrThrow(portIds)
      return {}
    },
    'network.copy': async ({ portIds, to }) => {
      if (to !== null) this.#wiredOrThrow(portIds)
      for (const id of portIds)
        if (to === null) this.copied.delete(id)
        else this.copied.set(id, to)
      return {}
    },
    'network.meet': async () => ({}),
    'network.activate': async ({ portIds }) => {
      this.#wiredOrThrow(portIds)
      return {}
    },
    'network.unwire': async ({ ports }) => {
      for (const { portId } of ports) {
        this.wired.delete(portId)
        this.copied.delete(portId)
      }
      return {}
    },
  } satisfies RequestHandlers

  /** An `ask` that is answered here, without NATS. */
  readonly ask: Services['ask'] = async (host, name, input) => {
    const handlers: Record<string, ((value: never) => Promise<unknown>) | undefined> = this.handlers
    const handler = handlers[name]
    if (!handler) throw new NephosError('unavailable', `The host ${host} does not answer ${name}.`)
    return (await handler(input as never)) as never
  }

  #wiredOrThrow(portIds: readonly string[]): void {
    const missing = portIds.find((id) => !this.wired.has(id))
    if (missing) throw new NephosError('conflict', `The port ${missing} is not wired here.`)
  }
}
