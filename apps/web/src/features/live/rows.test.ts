import { describe, expect, test } from 'vitest'
import {
  isNewerByVersion,
  type ListInput,
  type LivePage,
  type RowRules,
  remove,
  reviveDates,
  upsert,
} from './rows.ts'

interface Row {
  id: string
  name: string
  createdAt: Date
  status: string
  generation: number
}

const rules: RowRules<Row> = {
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as 'name' | 'createdAt'],
  matches: (row, input) =>
    input.host ? 'unknown' : input.status === undefined || row.status === input.status,
  isNewer: isNewerByVersion,
}
const row = (id: string, minute: number, rest: Partial<Row> = {}): Row => ({
  id,
  name: id,
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  status: 'ACTIVE',
  generation: 1,
  ...rest,
})
const page = (rows: Row[], nextCursor: string | null = null): LivePage<Row> => ({ items: rows, nextCursor })
const ids = ({ items }: LivePage<Row>) => items.map(({ id }) => id)
const put = (known: LivePage<Row>, next: Row, input: ListInput = {}) => upsert(known, next, input, rules)

describe('a created row', () => {
  test('is put where the sort wants it', () => {
    const known = page([row('c', 30), row('a', 10)])
    expect(ids(put(known, row('d', 40)).page)).toEqual(['d', 'c', 'a'])
    expect(ids(put(known, row('b', 20)).page)).toEqual(['c', 'b', 'a'])
    const byName: ListInput = { sort: { by: 'name', dir: 'asc' } }
    expect(ids(put(page([row('a', 10), row('c', 30)]), row('b', 99), byName).page)).toEqual(['a', 'b', 'c'])
  })

  test('of the same moment is ordered by id, as the server does', () => {
    expect(ids(put(page([row('b', 10)]), row('a', 10)).page)).toEqual(['b', 'a'])
    expect(ids(put(page([row('b', 10)]), row('c', 10)).page)).toEqual(['c', 'b'])
  })

  test('that the filter hides stays out', () => {
    const known = page([row('a', 10)])
    expect(put(known, row('b', 20, { status: 'ERROR' }), { status: 'ACTIVE' })).toEqual({
      page: known,
      refetch: false,
    })
  })

  test('is asked for when only the server knows whether it belongs here', () => {
    const known = page([])
    expect(put(known, row('a', 10), { host: 'h' })).toEqual({ page: known, refetch: true })
  })

  test('pushes the last one off a full page, whose end must then be asked for', () => {
    const known = page([row('b', 20), row('a', 10)], 'after-a')
    const { page: patched, refetch } = put(known, row('c', 30), { limit: 2 })
    expect(ids(patched)).toEqual(['c', 'b'])
    expect(refetch).toBe(true)
  })

  test('before a later page or after a page that is not the last does not show up there', () => {
    expect(ids(put(page([row('b', 20)]), row('c', 30), { cursor: 'x' }).page)).toEqual(['b'])
    expect(ids(put(page([row('b', 20)], 'more'), row('a', 10)).page)).toEqual(['b'])
  })

  test('shows up in an empty list', () => {
    expect(ids(put(page([]), row('a', 10)).page)).toEqual(['a'])
  })
})

describe('a changed row', () => {
  test('replaces the known one and keeps what the event leaves out', () => {
    const known = page([{ ...row('a', 10), extra: 'kept' } as Row])
    const { page: patched } = put(known, row('a', 10, { status: 'ERROR', generation: 2 }))
    expect(patched.items[0]).toMatchObject({ status: 'ERROR', extra: 'kept' })
  })

  test('that is older than the known one changes nothing', () => {
    const known = page([row('a', 10, { generation: 5 })])
    expect(put(known, row('a', 10, { generation: 4, status: 'ERROR' })).page).toBe(known)
  })

  test('leaves when it no longer matches, and comes when it does', () => {
    const input = { status: 'ACTIVE' }
    expect(
      ids(put(page([row('a', 10)]), row('a', 10, { status: 'ERROR', generation: 2 }), input).page),
    ).toEqual([])
    expect(ids(put(page([]), row('a', 10, { generation: 2 }), input).page)).toEqual(['a'])
  })

  test('moves when what it is sorted by changed', () => {
    const input: ListInput = { sort: { by: 'name', dir: 'asc' } }
    const known = page([row('1', 1, { name: 'a' }), row('2', 2, { name: 'b' })])
    expect(ids(put(known, row('1', 1, { name: 'c', generation: 2 }), input).page)).toEqual(['2', '1'])
  })
})

describe('a deleted row', () => {
  test('leaves; where a page follows, what moved up is asked for', () => {
    expect(remove(page([row('a', 10), row('b', 20)]), 'a')).toMatchObject({ refetch: false })
    expect(remove(page([row('a', 10)], 'more'), 'a').refetch).toBe(true)
  })

  test('that is not on the page changes nothing', () => {
    const known = page([row('a', 10)], 'more')
    expect(remove(known, 'b')).toEqual({ page: known, refetch: false })
  })
})

test('moments of events become dates, at every depth, and nothing else does', () => {
  const at = '2026-11-23T06:00:00.000Z'
  expect(reviveDates({ createdAt: at, name: at, nested: [{ at, launchedAt: null }] })).toEqual({
    createdAt: new Date(at),
    name: at,
    nested: [{ at: new Date(at), launchedAt: null }],
  })
})
