'use client'
import { useState } from 'react'

/**
 * Which rows are chosen. Only rows on the page count: what a filter, a page change or a deletion took away is no
 * longer chosen, so nothing is done to what cannot be seen.
 */
export function useSelection<Row extends { id: string }>(rows: readonly Row[] | undefined, listKey: string) {
  const [state, setState] = useState({ listKey, ids: new Set<string>() })
  const ids = state.listKey === listKey ? state.ids : new Set<string>()
  const selected = rows?.filter((row) => ids.has(row.id)) ?? []
  return {
    rows: selected,
    ids: new Set(selected.map((row) => row.id)) as ReadonlySet<string>,
    set: (next: Set<string>) => setState({ listKey, ids: next }),
    clear: () => setState({ listKey, ids: new Set() }),
  }
}
