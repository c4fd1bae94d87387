import { expect, test } from 'vitest'
import { readVerdicts } from './placement.ts'

const one = {
  host: 'host1',
  verdicts: [{ filter: 'ram', pass: false, have: 128, need: 512, reason: '128 MiB free, 512 MiB needed' }],
  total: 0,
}

test('the same table is read from an attempt and from the detail of an error', () => {
  const read = [
    {
      host: 'host1',
      verdicts: [{ filter: 'ram', pass: false, have: '128', need: '512', reason: one.verdicts[0]!.reason }],
    },
  ]
  expect(readVerdicts([one])).toEqual(read)
  expect(readVerdicts({ hosts: [one] })).toEqual(read)
})

test('what is not understood is left out instead of breaking the page', () => {
  for (const value of [null, undefined, 'x', 7, {}, [null], [{ host: 1 }], [{ host: 'h', verdicts: 'x' }]])
    expect(readVerdicts(value)).toEqual([])
  expect(readVerdicts([{ host: 'h', verdicts: [{ filter: 'a' }, { filter: 'b', pass: true }] }])).toEqual([
    { host: 'h', verdicts: [{ filter: 'b', pass: true, have: null, need: null, reason: null }] },
  ])
})
