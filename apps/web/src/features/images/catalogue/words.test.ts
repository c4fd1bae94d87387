import { expect, test } from 'vitest'
import { wayTo } from './words.ts'

const answer = (id: string, reachable: boolean) => ({ id, reachable, size: null })

test('the way to the catalogue is open, partly open, closed or not known', () => {
  expect(wayTo(undefined)).toBe('unknown')
  expect(wayTo([answer('a', true), answer('b', true)])).toBe('open')
  expect(wayTo([answer('a', true), answer('b', false)])).toBe('partly')
  expect(wayTo([answer('a', false), answer('b', false)])).toBe('none')
})
