import type { QueryClient } from '@tanstack/react-query'
import type { InstanceDetail, InstanceRow } from './row.ts'

type TrpcKey = [readonly string[], { input?: { id?: string } }?]
const isInstance = (key: unknown, verb: 'list' | 'show') => {
  const [path] = key as TrpcKey
  return Array.isArray(path) && path.join('.') === `compute.instances.${verb}`
}

/** Reads and writes one instance in every list and detail that holds it. */
export function instanceCache(client: QueryClient) {
  const change = (id: string, next: (known: InstanceRow) => Partial<InstanceRow> | null) => {
    for (const query of client.getQueryCache().getAll()) {
      const { queryKey, state } = query
      const write = (data: unknown) => client.setQueryData(queryKey, data, { updatedAt: state.dataUpdatedAt })
      if (isInstance(queryKey, 'list')) {
        const page = state.data as { items: InstanceRow[] } | undefined
        const known = page?.items.find((item) => item.id === id)
        const patch = known && next(known)
        if (page && patch)
          write({ ...page, items: page.items.map((item) => (item === known ? { ...item, ...patch } : item)) })
      } else if (isInstance(queryKey, 'show')) {
        const detail = state.data as InstanceDetail | undefined
        const patch = detail?.id === id ? next(detail) : null
        if (detail && patch) write({ ...detail, ...patch })
      }
    }
  }
  return {
    /** The newest that is cached of it. */
    find(id: string): InstanceRow | undefined {
      const found: InstanceRow[] = []
      for (const { queryKey, state } of client.getQueryCache().getAll()) {
        if (isInstance(queryKey, 'list'))
          found.push(
            ...((state.data as { items: InstanceRow[] } | undefined)?.items ?? []).filter(
              (row) => row.id === id,
            ),
          )
        else if (isInstance(queryKey, 'show') && (state.data as InstanceDetail | undefined)?.id === id)
          found.push(state.data as InstanceDetail)
      }
      return found.sort((a, b) => b.generation - a.generation)[0]
    },
    /** Shows the states of this row, whatever was cached. */
    put(row: InstanceRow) {
      change(row.id, () => ({ taskState: row.taskState, updatedAt: row.updatedAt }))
    },
    /** Takes the server's word, unless an event brought a newer one. */
    putIfNewer(row: InstanceRow) {
      change(row.id, (known) =>
        row.generation >= known.generation ? { ...row, hostName: row.hostName ?? known.hostName } : null,
      )
    },
    /** Undoes {@link put}, unless something newer has come since. */
    takeBack(before: InstanceRow) {
      change(before.id, (known) =>
        known.generation <= before.generation
          ? { taskState: before.taskState, vmState: before.vmState, updatedAt: before.updatedAt }
          : null,
      )
    },
  }
}
