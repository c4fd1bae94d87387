/** Rows are recognised by their id; everything else is up to the noun. */
export interface LiveRow {
  id: string
}

/** One page of a list, as every list verb returns it. */
export interface LivePage<Row extends LiveRow> {
  items: Row[]
  nextCursor: string | null
}

/** The part of a list's input that says which rows belong to it and in what order. */
export interface ListInput {
  limit?: number
  cursor?: string | null
  sort?: { by: string; dir: 'asc' | 'desc' }
  [filter: string]: unknown
}

/** What patching needs to know about a noun. */
export interface RowRules<Row extends LiveRow> {
  /** Whether the row belongs to the list at all. `unknown` when only the server can tell. */
  matches: (row: Row, input: ListInput) => boolean | 'unknown'
  /** The value that the list is sorted by. */
  sortValue: (row: Row, by: string) => string | number | Date | null | undefined
  /** The order without a `sort` in the input. */
  defaultSort: { by: string; dir: 'asc' | 'desc' }
  /** True when `next` is the same row at the same or a later moment than `known`. */
  isNewer: (next: Row, known: Row) => boolean
}

/** What became of a page. `refetch`: it must be asked for again, because only the server knows what follows. */
export interface Patched<Row extends LiveRow> {
  page: LivePage<Row>
  refetch: boolean
}

/** Compares by the list's sort, then by id, as keyset pagination does. */
function compare<Row extends LiveRow>(a: Row, b: Row, input: ListInput, rules: RowRules<Row>): number {
  const { by, dir } = input.sort ?? rules.defaultSort
  const left = rules.sortValue(a, by)
  const right = rules.sortValue(b, by)
  const order = compareValues(left, right) || compareValues(a.id, b.id)
  return dir === 'asc' ? order : -order
}

function compareValues(a: unknown, b: unknown): number {
  const left = a instanceof Date ? a.getTime() : a
  const right = b instanceof Date ? b.getTime() : b
  if (left === right) return 0
  if (left === null || left === undefined) return 1
  if (right === null || right === undefined) return -1
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left) < String(right) ? -1 : 1
}

/** Puts a created or changed row into a page: replaced, inserted where it belongs, or taken out. */
export function upsert<Row extends LiveRow>(
  page: LivePage<Row>,
  row: Row,
  input: ListInput,
  rules: RowRules<Row>,
): Patched<Row> {
  const known = page.items.find((item) => item.id === row.id)
  if (known && !rules.isNewer(row, known)) return { page, refetch: false }
  // An event may carry fewer fields than the list (what only administrators see): keep what is known.
  const merged = known ? { ...known, ...row } : row
  const matches = rules.matches(merged, input)
  if (matches === 'unknown') {
    if (!known) return { page, refetch: true }
    return { page: replace(page, merged), refetch: false }
  }
  if (!matches) return known ? remove(page, row.id) : { page, refetch: false }
  if (known && compare(merged, known, input, rules) === 0)
    return { page: replace(page, merged), refetch: false }

  const others = page.items.filter((item) => item.id !== row.id)
  const at = others.findIndex((item) => compare(merged, item, input, rules) < 0)
  const isFirstPage = !input.cursor
  if (at === 0 && !isFirstPage) return { page: { ...page, items: others }, refetch: Boolean(known) }
  if (at === -1 && page.nextCursor) return { page: { ...page, items: others }, refetch: Boolean(known) }
  const items = at === -1 ? [...others, merged] : [...others.slice(0, at), merged, ...others.slice(at)]
  const limit = input.limit ?? 50
  if (items.length <= limit) return { page: { ...page, items }, refetch: false }
  // One fell off the end. Where the next page starts is the server's secret; without one there is now a page more.
  return { page: { ...page, items: items.slice(0, limit) }, refetch: true }
}

/** Takes a row out of a page. */
export function remove<Row extends LiveRow>(page: LivePage<Row>, id: string): Patched<Row> {
  if (!page.items.some((item) => item.id === id)) return { page, refetch: false }
  const items = page.items.filter((item) => item.id !== id)
  return { page: { ...page, items }, refetch: page.nextCursor !== null }
}

const replace = <Row extends LiveRow>(page: LivePage<Row>, row: Row): LivePage<Row> => ({
  ...page,
  items: page.items.map((item) => (item.id === row.id ? row : item)),
})

const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Events hold moments as text, queries as dates: makes the former the latter. Only keys that end in `At` or are `at`. */
export function reviveDates<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reviveDates) as T
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const revived: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value))
    revived[key] =
      typeof inner === 'string' && (key === 'at' || key.endsWith('At')) && isoMoment.test(inner)
        ? new Date(inner)
        : reviveDates(inner)
  return revived as T
}

/** For nouns with a `generation` or an `updatedAt`; equal counts as newer, as a repeated event does no harm. */
export function isNewerByVersion(next: LiveRow, known: LiveRow): boolean {
  const version = (row: LiveRow & { generation?: unknown; updatedAt?: unknown }) =>
    typeof row.generation === 'number'
      ? row.generation
      : row.updatedAt instanceof Date
        ? row.updatedAt.getTime()
        : null
  const after = version(next)
  const before = version(known)
  return after === null || before === null || after >= before
}

/** Whether any of the texts contains what was searched for, as the server's search does. */
export const textMatches = (search: unknown, ...texts: (string | null | undefined)[]): boolean =>
  typeof search !== 'string' || search.trim() === '' || texts.some((text) => text?.includes(search.trim()))
