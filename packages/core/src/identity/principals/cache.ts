import type { Db } from '@nephos/db'
import type { Services } from '../../kernel/index.ts'

/** What the cache needs to know about a session or token that was found valid. */
export interface CachedPrincipal {
  userId: string
  /** Id of the session or token. */
  credentialId: string
  /** When it ends by itself. */
  expiresAt: Date
}

interface Entry {
  principal: Promise<CachedPrincipal | null>
  settled?: CachedPrincipal
  until: number
}

interface Cache {
  entries: Map<string, Entry>
  /** Raised by every invalidation: what was being read meanwhile is not kept. */
  epoch: number
}

const lifetimeMs = 5_000
const maxEntries = 20_000

// A bundler may put this module into a process more than once, as Next does for pages and for route handlers. What one
// copy forgets, all must forget.
const holder = globalThis as typeof globalThis & { nephosPrincipals?: WeakMap<Db, Cache> }
holder.nephosPrincipals ??= new WeakMap()
const caches = holder.nephosPrincipals

function cacheOf({ db }: Pick<Services, 'db'>): Cache {
  let cache = caches.get(db)
  if (!cache) {
    cache = { entries: new Map(), epoch: 0 }
    caches.set(db, cache)
  }
  return cache
}

/** The principal behind `key` (the hash of a secret), read at most once in five seconds. Failures are not kept. */
export function cachedPrincipal<T extends CachedPrincipal>(
  services: Services,
  key: string,
  load: () => Promise<T | null>,
): Promise<T | null> {
  const cache = cacheOf(services)
  const now = Date.now()
  const found = cache.entries.get(key)
  if (found && found.until > now) return found.principal as Promise<T | null>

  if (cache.entries.size >= maxEntries)
    for (const [other, { until }] of cache.entries) if (until <= now) cache.entries.delete(other)
  if (cache.entries.size >= maxEntries) cache.entries.clear()

  const epoch = cache.epoch
  const entry: Entry = { principal: load(), until: now + lifetimeMs }
  cache.entries.set(key, entry)
  const drop = () => {
    if (cache.entries.get(key) === entry) cache.entries.delete(key)
  }
  entry.principal.then((principal) => {
    if (!principal || cache.epoch !== epoch) return drop()
    entry.settled = principal
    entry.until = Math.min(entry.until, principal.expiresAt.getTime())
  }, drop)
  return entry.principal as Promise<T | null>
}

function forget(services: Pick<Services, 'db'>, matches: (principal: CachedPrincipal) => boolean): void {
  const cache = cacheOf(services)
  cache.epoch++
  for (const [key, { settled }] of cache.entries) if (!settled || matches(settled)) cache.entries.delete(key)
}

/**
 * Makes this process read the user's sessions, tokens and roles anew on their next use. Called after every change of
 * them here; a process that hears of a change elsewhere may call it too.
 */
export const forgetUser = (services: Pick<Services, 'db'>, userId: string): void =>
  forget(services, (principal) => principal.userId === userId)

/** As {@link forgetUser}, for one session or token. */
export const forgetCredential = (services: Pick<Services, 'db'>, credentialId: string): void =>
  forget(services, (principal) => principal.credentialId === credentialId)
