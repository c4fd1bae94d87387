import type { Subscription } from '@nats-io/nats-core'
import type { Bus } from '../bus/connect.ts'
import { cancelSubject } from './tools.ts'

/** Hears cancellations for the operations that this process works on. */
export function listenForCancel(bus: Bus): {
  on: (operationId: string, listener: () => void) => () => void
  stop: () => Promise<void>
} {
  const listeners = new Map<string, Set<() => void>>()
  const ending = new AbortController()
  const prefix = cancelSubject('')
  let subscription: Subscription | undefined
  // Only processes that run sagas subscribe, from their first one on.
  const subscribe = () =>
    bus
      .ready(ending.signal)
      .then(({ nc }) => {
        subscription ??= nc.subscribe(`${prefix}*`, {
          callback: (error, { subject }) => {
            if (!error) for (const listener of listeners.get(subject.slice(prefix.length)) ?? []) listener()
          },
        })
      })
      .catch(() => undefined)
  let subscribing: Promise<void> | undefined

  return {
    on: (operationId, listener) => {
      subscribing ??= subscribe()
      const heard = listeners.get(operationId) ?? new Set()
      listeners.set(operationId, heard.add(listener))
      return () => {
        heard.delete(listener)
        if (heard.size === 0 && listeners.get(operationId) === heard) listeners.delete(operationId)
      }
    },
    stop: async () => {
      ending.abort()
      await subscribing
      subscription?.unsubscribe()
    },
  }
}
