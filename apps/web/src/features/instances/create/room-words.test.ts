import { expect, test } from 'vitest'
import { type Room, roomWords } from './room-words.ts'

const room = (fields: Partial<Room>): Room => ({
  hosts: 3,
  passing: 3,
  fits: 12,
  enough: true,
  tight: { filter: 'ram', noun: 'RAM' },
  filters: [],
  byHost: null,
  ...fields,
})

test('how many fit, and what runs out first', () => {
  expect(roomWords(room({}), 2)).toEqual({
    tone: 'ok',
    title: 'Room for 12 of this kind.',
    why: 'Memory runs out first.',
  })
  expect(roomWords(room({ fits: 3 }), 5)).toMatchObject({ tone: 'warn', title: 'Room for 3 of the 5.' })
  expect(roomWords(room({ tight: { filter: 'vcpus', noun: 'vCPUs' } }), 1).why).toBe('vCPUs run out first.')
  expect(roomWords(room({ fits: 70_000 }), 5).title).toBe('Room for more than 1000 of this kind.')
  expect(
    roomWords(room({ tight: { filter: 'server-group-affinity', noun: 'hosts for the server group' } }), 1)
      .why,
  ).toBe('What the server group allows runs out first.')
})

test('what stands in the way when none fits', () => {
  const ram = { filter: 'ram', noun: 'RAM', need: 512, passed: 1, failed: 2 }
  expect(roomWords(room({ passing: 0, fits: 0, filters: [ram] }), 1)).toEqual({
    tone: 'bad',
    title: 'No host can take it now.',
    why: 'Short of RAM on 2 of 3 hosts.',
  })
  expect(roomWords(room({ hosts: 0, passing: 0, tight: null }), 1)).toMatchObject({ tone: 'bad', why: null })
})
