'use client'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useState } from 'react'

/** The state of a list, all of it in the URL: what is searched, filtered, sorted, and where the page begins. */
export interface ListState<Filter extends string, Sort extends string> {
  search: string
  filters: Record<Filter, string | null>
  sort: { by: Sort; dir: 'asc' | 'desc' }
  cursor: string | null
  /** True when something hides rows: an empty list then is not an empty project. */
  narrowed: boolean
  setSearch: (search: string) => void
  setFilter: (filter: Filter, value: string | null) => void
  /** Sorts by it, or turns the order around when it is sorted by it already. */
  toggleSort: (by: Sort) => void
  clear: () => void
  next: (cursor: string) => void
  /** Back to the page before, or to the first one when the URL was opened in the middle. */
  previous: (() => void) | null
}

/** Keeps a list's state in the URL (`?q=`, `?sort=name.asc`, `?after=` and one parameter a filter). */
export function useListState<const Filter extends string, const Sort extends string>(options: {
  filters: readonly Filter[]
  sorts: readonly Sort[]
  defaultSort: { by: Sort; dir: 'asc' | 'desc' }
}): ListState<Filter, Sort> {
  const { filters: names, sorts, defaultSort } = options
  const orders = sorts.flatMap((by) => [`${by}.asc`, `${by}.desc`])
  const filterParsers: Record<string, typeof parseAsString> = {}
  for (const name of names) filterParsers[name] = parseAsString
  const [values, set] = useQueryStates(
    {
      q: parseAsString.withDefault(''),
      sort: parseAsStringLiteral(orders).withDefault(`${defaultSort.by}.${defaultSort.dir}`),
      after: parseAsString,
    },
    { history: 'replace', clearOnDefault: true },
  )
  const [filterValues, setFilters] = useQueryStates(filterParsers, { history: 'replace' })
  // Cursors of the pages before, as far as this visit went through them.
  const [trail, setTrail] = useState<(string | null)[]>([])

  const [by, dir] = values.sort.split('.') as [Sort, 'asc' | 'desc']
  const fromTheTop = () => {
    setTrail([])
    void set({ after: null })
  }
  const filters = Object.fromEntries(names.map((name) => [name, filterValues[name] ?? null])) as Record<
    Filter,
    string | null
  >
  return {
    search: values.q,
    filters,
    sort: { by, dir },
    cursor: values.after,
    narrowed: values.q !== '' || names.some((name) => filters[name] !== null),
    setSearch: (q) => {
      fromTheTop()
      void set({ q })
    },
    setFilter: (name, value) => {
      fromTheTop()
      void setFilters({ [name]: value })
    },
    toggleSort: (next) => {
      fromTheTop()
      void set({ sort: `${next}.${next === by && dir === 'asc' ? 'desc' : 'asc'}` })
    },
    clear: () => {
      fromTheTop()
      void set({ q: '' })
      void setFilters(Object.fromEntries(names.map((name) => [name, null])))
    },
    next: (cursor) => {
      setTrail([...trail, values.after])
      void set({ after: cursor }, { history: 'push' })
    },
    previous: values.after
      ? () => {
          void set({ after: trail.at(-1) ?? null }, { history: 'push' })
          setTrail(trail.slice(0, -1))
        }
      : null,
  }
}
