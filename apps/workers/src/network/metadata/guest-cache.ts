import type { MetadataSource } from '@nephos/core'
import type { GuestIdentity } from './identity.ts'

/** How the instance behind an address is found. */
export type FindGuest = (identity: GuestIdentity) => Promise<MetadataSource | null>

interface Entry {
  found: Promise<MetadataSource | null>
  /** Known once it was found. */
  instanceId?: string
  until: number
}

/** Options of {@link GuestCache}. */
export interface GuestCacheOptions {
  /** How long what was found is believed. Default 10 s. */
  ttlMs?: number
  /** Most guests remembered. */
  size?: number
  now?: () => number
}

/**
 * Remembers for some seconds which instance is behind an address: a booting guest asks a dozen times. Nothing found
 * is not remembered, and an address that changes hands is forgotten at once.
 */
export class GuestCache {
  readonly #find: FindGuest
  readonly #ttlMs: number
  readonly #size: number
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()

  constructor(find: FindGuest, { ttlMs = 10_000, size = 10_000, now = Date.now }: GuestCacheOptions = {}) {
    this.#find = find
    this.#ttlMs = ttlMs
    this.#size = size
    this.#now = now
  }

  /** The instance behind an address, or null. Requests at the same time share one question. */
  async get(identity: GuestIdentity): Promise<MetadataSource | null> {
    const key = keyOf(identity)
    const known = this.#entries.get(key)
    if (known && known.until > this.#now()) return known.found
    const entry: Entry = { found: this.#find(identity), until: this.#now() + this.#ttlMs }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const oldest = this.#entries.keys().next()
    if (this.#entries.size > this.#size && !oldest.done) this.#entries.delete(oldest.value)
    const forget = () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    }
    try {
      const found = await entry.found
      if (found) entry.instanceId = found.instanceId
      else forget()
      return found
    } catch (error) {
      forget()
      throw error
    }
  }

  /** The address may be somebody else's from now on. */
  forget(identity: GuestIdentity): void {
    this.#entries.delete(keyOf(identity))
  }

  /** What is said about the instance may have changed. */
  forgetInstance(instanceId: string): void {
    for (const [key, entry] of this.#entries) if (entry.instanceId === instanceId) this.#entries.delete(key)
  }

  /** What is said about any instance may have changed. */
  clear(): void {
    this.#entries.clear()
  }
}

const keyOf = ({ networkId, ipAddress }: GuestIdentity) => `${networkId} ${ipAddress}`
