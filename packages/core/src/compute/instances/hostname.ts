const maxLength = 63

/**
 * The host name a guest gets, derived from the instance's name as Nova does: RFC 1123 letters, digits and hyphens,
 * at most 63 of them; `Server-<uuid>` when nothing is left.
 */
export function hostnameOf(name: string, instanceId: string): string {
  const hostname = name
    .replaceAll(/[\s_.]/g, '-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '')
  return hostname || `Server-${instanceId}`
}

/** Names of `count` instances made at once: the name itself, or name-1 … name-n. */
export const instanceNames = (name: string, count: number): string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`)
