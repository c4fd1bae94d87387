import { expect, test } from 'vitest'
import { shareOf } from './share.ts'

const machine = { vcpus: 2, ramMib: 8_001, diskGib: 100, facts: { simulated: false } }

test('hosts of one machine have equal parts of it and say so', () => {
  expect(shareOf(machine, 1)).toBe(machine)
  expect(shareOf(machine, 3)).toEqual({
    vcpus: 1,
    ramMib: 2_667,
    diskGib: 33,
    facts: { simulated: false, shareOfMachine: '1/3' },
  })
})

test('what is only simulated needs no sharing', () => {
  const simulated = { ...machine, facts: { simulated: true } }
  expect(shareOf(simulated, 4)).toBe(simulated)
})
