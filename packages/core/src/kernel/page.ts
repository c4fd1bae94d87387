import { z } from 'zod'
import { invalid } from './errors.ts'

/** What every list takes. */
export const pageInput = {
  limit: z.int().min(1).max(1000).default(50),
  /** From the last page's `nextCursor`. */
  cursor: z.string().max(512).nullish(),
}

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<Row> {
  items: Row[]
  nextCursor: string | null
}

type SortValue = string | number | null

/** Packs where a page ended. */
export const encodeCursor = (value: SortValue, id: string): string =>
  Buffer.from(JSON.stringify([value, id])).toString('base64url')

/** @throws NephosError invalid_input when it is not one of ours */
export function decodeCursor(cursor: string): { value: SortValue; id: string } {
  try {
    const [value, id] = z
      .tuple([z.union([z.string(), z.number(), z.null()]), z.string()])
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { value, id }
  } catch {
    throw invalid('cursor', 'The cursor is not valid.', 'Start again from the first page.')
  }
}

/**
 * The keyset part of a list query: `where`, `orderBy` and `take` for a sort by `field` and then by id.
 * One row more than the limit is read, to know whether there is a next page.
 */
export function keyset<Field extends string>(input: {
  field: Field
  direction: 'asc' | 'desc'
  limit: number
  cursor?: string | null
  /** Turns the packed value back into the column's type (dates). */
  parse?: (value: SortValue) => unknown
}) {
  const { field, direction, limit, cursor, parse = (value) => value } = input
  const beyond = direction === 'asc' ? 'gt' : 'lt'
  const at = cursor ? decodeCursor(cursor) : undefined
  const value = at && parse(at.value)
  const where =
    at &&
    (field === 'id'
      ? { id: { [beyond]: at.id } }
      : { OR: [{ [field]: { [beyond]: value } }, { [field]: value, id: { [beyond]: at.id } }] })
  return {
    where: where ?? {},
    orderBy: field === 'id' ? [{ id: direction }] : [{ [field]: direction }, { id: direction }],
    take: limit + 1,
  }
}

/** Cuts the extra row off and says where the next page starts. */
export function page<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  sortValue: (row: Row) => SortValue | Date,
): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || !last) return { items, nextCursor: null }
  const value = sortValue(last)
  return { items, nextCursor: encodeCursor(value instanceof Date ? value.toISOString() : value, last.id) }
}
