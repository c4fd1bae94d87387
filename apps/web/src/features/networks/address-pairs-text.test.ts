import { expect, test } from 'vitest'
import { readPairs, writePairs } from './address-pairs-text.ts'

const own = 'fa:16:3e:00:00:01'

test('pairs are typed one a line, with a MAC where it is another one', () => {
  const pairs = [
    { ipAddress: '10.0.0.100', macAddress: own },
    { ipAddress: '10.8.0.0/24', macAddress: '02:00:00:00:00:01' },
  ]
  const text = writePairs(pairs, own)
  expect(text).toBe('10.0.0.100\n10.8.0.0/24 02:00:00:00:00:01')
  expect(readPairs(`\n${text}\n`)).toEqual({ pairs: [{ ipAddress: '10.0.0.100' }, pairs[1]], problem: null })
  expect(readPairs('10.0.0.1 a b').problem).toContain('Line 1')
})
