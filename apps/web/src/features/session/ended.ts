'use client'
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let value = false

/** Whether the session has ended while pages are open. Any part of the application may find out first. */
export const sessionEnded = {
  set(next: boolean) {
    value = next
    for (const listener of listeners) listener()
  },
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** True from the moment anyone noticed. */
export const useSessionEnded = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => value,
    () => false,
  )
