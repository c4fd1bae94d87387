import type { Query, QueryClient } from '@tanstack/react-query'
import type { AnyLiveNoun, LiveScope } from './nouns.ts'
import {
  type ListInput,
  type LivePage,
  type LiveRow,
  type RowRules,
  remove,
  reviveDates,
  upsert,
} from './rows.ts'

/** One change as `/api/events` sends it. */
export interface LiveEvent {
  seq: number
  noun: string
  change: 'created' | 'updated' | 'deleted' | 'progress'
  id: string
  at: string
  data: unknown
}

/** Cache key under which it is noted that a resource was deleted while a page showed it. */
export const goneKey = (id: string) => ['live', 'gone', id] as const

type TrpcKey = [readonly string[], { input?: ListInput & { id?: string } }?]

const isAt = (query: Query, path: readonly string[]): boolean => {
  const [at] = query.queryKey as unknown as TrpcKey
  return Array.isArray(at) && at.length === path.length && path.every((part, index) => at[index] === part)
}

/**
 * Brings every cached list and detail up to date with one event.
 * @returns the queries that must be asked again, for the caller to do so once for many events
 */
export function applyEvent(
  client: QueryClient,
  event: LiveEvent,
  nouns: readonly AnyLiveNoun[],
  scope: LiveScope,
  only?: Query,
): Query[] {
  const noun = nouns.find((each) => each.noun === event.noun)
  if (!noun) return []
  const row = rowOf(event, noun)
  const stale: Query[] = []
  const queries = only ? [only] : client.getQueryCache().getAll()
  for (const query of queries) {
    if (isAt(query, noun.list)) {
      if (patchList(client, query, event, row, noun, scope)) stale.push(query)
    } else if (noun.show && isAt(query, noun.show)) {
      if (patchDetail(client, query, event, row, noun) && noun.refetchesShown && !only) stale.push(query)
    } else if (!only && event.change !== 'progress' && noun.refetches?.some((path) => isAt(query, path)))
      stale.push(query)
  }
  if (event.change === 'deleted' && !only) client.setQueryData(goneKey(event.id), new Date(event.at))
  // It was gone for others only, as a flavor is that was made private.
  else if (row && !only && client.getQueryData(goneKey(event.id)))
    client.setQueryData(goneKey(event.id), null)
  return stale
}

function rowOf(event: LiveEvent, noun: AnyLiveNoun): LiveRow | null {
  if (typeof event.data !== 'object' || event.data === null) return null
  const row = { ...reviveDates(event.data), id: event.id } as LiveRow
  return noun.complete && event.change !== 'progress' ? noun.complete(row) : row
}

function patchList(
  client: QueryClient,
  query: Query,
  event: LiveEvent,
  row: LiveRow | null,
  noun: AnyLiveNoun,
  scope: LiveScope,
): boolean {
  const page = query.state.data as LivePage<LiveRow> | undefined
  if (!page) return false
  const [, options] = query.queryKey as unknown as TrpcKey
  const known = page.items.find((item) => item.id === event.id)
  // Progress is a part of a row: of use only where the rest is known.
  if (event.change === 'progress' && !known) return false
  if (event.change !== 'deleted' && !row) return false
  const { page: patched, refetch } =
    event.change === 'deleted'
      ? remove(page, event.id)
      : upsert(page, merge(known, row!, noun), options?.input ?? {}, inScope(noun, scope))
  if (patched !== page) setData(client, query, patched)
  return refetch
}

/** The noun's rules, for the rows that the session's project lists. */
const inScope = (noun: AnyLiveNoun, scope: LiveScope): RowRules<LiveRow> => ({
  ...noun,
  matches: (row, input) => {
    const { projectId } = row as LiveRow & { projectId?: string | null }
    const foreign = projectId !== undefined && projectId !== scope.projectId
    const elsewhere = input.own !== true && noun.listedElsewhere?.(row, scope, input)
    if (!foreign && noun.listedAtHome?.(row, input) === false) return false
    if (foreign && !input.allProjects && !elsewhere) return false
    return noun.matches(row, input)
  },
})

function patchDetail(
  client: QueryClient,
  query: Query,
  event: LiveEvent,
  row: LiveRow | null,
  noun: AnyLiveNoun,
): boolean {
  const known = query.state.data as LiveRow | null | undefined
  if (!row || known?.id !== event.id || event.change === 'deleted') return false
  const merged = merge(known, row, noun)
  if (noun.isNewer(merged, known)) setData(client, query, merged)
  return true
}

/** The event's row on top of the known one, without losing what only administrators' queries show. */
function merge(known: LiveRow | undefined, row: LiveRow, noun: AnyLiveNoun): LiveRow {
  if (!known) return row
  const merged: Record<string, unknown> = { ...known, ...row }
  const before: Record<string, unknown> = { ...known }
  for (const field of noun.adminOnly ?? []) merged[field] ??= before[field]
  return merged as unknown as LiveRow
}

// The moment of the data stays that of the last answer, so that a patch never hides that a query failed.
const setData = (client: QueryClient, query: Query, data: unknown) =>
  client.setQueryData(query.queryKey, data, { updatedAt: query.state.dataUpdatedAt })
