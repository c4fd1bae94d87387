import superjson from 'superjson'
import { describe, expect, it } from 'vitest'
import { transformer } from './transformer.ts'

const overTheWire = (value: unknown) => JSON.parse(JSON.stringify(transformer.serialize(value)))
const date = new Date('2026-01-02T03:04:05.678Z')

describe('the transformer writes what superjson reads', () => {
  it.each([
    ['text', 'text'],
    ['nothing', null],
    ['undefined', undefined],
    ['a date alone', date],
    ['a page', { items: [{ id: 'a', createdAt: date, deletedAt: null }, { id: 'b' }], nextCursor: null }],
    ['odd keys', { 'a.b': { 'c\\d': date }, '0': [date] }],
    ['one date twice', { createdAt: date, updatedAt: date }],
    ['large numbers', { size: 5n, at: date }],
    ['sets and maps', { tags: new Set(['a']), names: new Map([['a', date]]) }],
    ['numbers that JSON lacks', [Number.NaN, -0, Number.POSITIVE_INFINITY, 1.5]],
    ['undefined in an array', [undefined, 1]],
  ])('%s', (_name, value) => {
    expect(superjson.deserialize(overTheWire(value))).toEqual(value)
  })
})

it('writes the same text as superjson for rows', () => {
  const page = {
    items: [{ id: 'a', createdAt: date, tags: ['x'], host: { since: new Date(0) } }],
    nextCursor: 'b',
  }
  expect(overTheWire(page)).toEqual(JSON.parse(JSON.stringify({ ...superjson.serialize(page) })))
})

it('writes a date that is none as nothing', () => {
  expect(superjson.deserialize(overTheWire({ at: new Date(Number.NaN) }))).toEqual({ at: null })
})

it('leaves out what is undefined', () => {
  expect(superjson.deserialize(overTheWire({ a: undefined, b: date }))).toEqual({ b: date })
})

it('does not let a dangerous name through', () => {
  expect(() => transformer.serialize(JSON.parse('{"__proto__": {"a": 1}}'))).toThrow()
})
