/** What is needed of a host's row. */
interface Stored {
  name: string
  facts: unknown
}

/** What tells the storage that a host keeps disks on from others; null where they are in its own directory. */
export function storageOf({ facts }: Pick<Stored, 'facts'>): string | null {
  const id = typeof facts === 'object' && facts !== null && 'storageId' in facts ? facts.storageId : null
  return typeof id === 'string' && id !== '' ? id : null
}

/** Names of the other hosts that keep disks on the same storage as this one. */
export function sharing(hosts: readonly Stored[], name: string | null): string[] {
  const own = hosts.find((host) => host.name === name)
  const id = own ? storageOf(own) : null
  if (id === null) return []
  return hosts.filter((host) => host.name !== name && storageOf(host) === id).map((host) => host.name)
}

/** Names in a row, the first few of them. */
const listed = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')

/** What becomes of the disks of an instance that moves. @param to the destination; undefined: not known yet */
export function moveWords(hosts: readonly Stored[], from: string | null, to?: string): string {
  const same = sharing(hosts, from)
  if (to !== undefined)
    return same.includes(to)
      ? `Disks are not copied: ${to} has the same storage.`
      : `Disks are copied: ${to} has no storage in common with ${from ?? 'its host'}.`
  return same.length > 0
    ? `Disks are not copied to ${listed(same)}, which ${same.length > 1 ? 'have' : 'has'} the same storage; to other hosts they are.`
    : `Disks are copied: no other host has the storage of ${from ?? 'its host'}.`
}

/** What becomes of the disks of an instance whose host is lost. @param to the destination; undefined: not known yet */
export function evacuationWords(hosts: readonly Stored[], from: string | null, to?: string): string {
  const same = sharing(hosts, from)
  const kept = 'keeps what is on its disks, which are on storage that is not lost with the host.'
  const anew = 'is built anew from its image: what was on its disks is lost.'
  if (to !== undefined) return same.includes(to) ? `An instance ${kept}` : `An instance ${anew}`
  return same.length > 0
    ? `On ${listed(same)} an instance ${kept} On other hosts it ${anew}`
    : `An instance ${anew}`
}
