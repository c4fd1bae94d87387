import { expect, test } from 'vitest'
import { actionTitle } from './action-title.ts'

test('what was done is said in words', () => {
  expect(actionTitle('lock', { reason: 'audit' })).toEqual({ title: 'Locked', bad: false, note: 'audit' })
  expect(actionTitle('lock', { reason: null }).note).toBeNull()
  expect(actionTitle('resize', { flavorName: 'm1.large' })).toEqual({
    title: 'Resized',
    bad: false,
    note: 'to m1.large',
  })
  expect(actionTitle('rename', { before: 'a', after: 'b' }).note).toBe('from a to b')
})

test('what nobody asked for stands out', () => {
  expect(actionTitle('crashed', { host: 'h' })).toEqual({ title: 'The guest crashed', bad: true, note: null })
  expect(actionTitle('autoRestart', { restart: 2, of: 5 }).note).toBe('2 of at most 5 within an hour')
})

test('an action without words of its own is put apart', () => {
  expect(actionTitle('attachInterface', null).title).toBe('Attach interface')
})
