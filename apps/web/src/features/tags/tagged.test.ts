import { expect, test } from 'vitest'
import { hasTags, readTaggedName, taggedName } from './tagged.ts'

test('a URL names one thing of a kind', () => {
  expect(readTaggedName(taggedName('floatingIp', 'abc'))).toEqual({ kind: 'floatingIp', id: 'abc' })
  for (const text of ['', 'network', 'toString abc', 'planet abc']) expect(readTaggedName(text)).toBeNull()
})

test('a row belongs to a list when it has every tag asked for', () => {
  expect(hasTags(['a', 'b'], ['a'])).toBe(true)
  expect(hasTags(['a'], ['a', 'b'])).toBe(false)
  expect(hasTags([], undefined)).toBe(true)
})
