import { consoleCloses } from '@nephos/core/states'
import { expect, test } from 'vitest'
import { afterClose, retryAfterMs } from './after-close.ts'

test('what was lost is tried again, later each time', () => {
  expect(afterClose(1006, '', 0, true)).toEqual({
    next: 'retry',
    afterMs: 1_000,
    why: 'The connection was interrupted.',
  })
  expect(afterClose(consoleCloses.lost, 'The worker is being restarted.', 2, true)).toEqual({
    next: 'retry',
    afterMs: 4_000,
    why: 'The worker is being restarted.',
  })
  expect([0, 1, 2, 3, 4, 9].map(retryAfterMs)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
})

test('an instance that was stopped is waited for; one that is started anew is tried', () => {
  expect(afterClose(consoleCloses.stopped, 'The instance was stopped.', 0, false)).toEqual({
    next: 'wait',
    why: 'The instance was stopped.',
  })
  expect(afterClose(consoleCloses.stopped, '', 0, true)).toMatchObject({ next: 'retry' })
})

test('an expired token is replaced, but not for ever', () => {
  expect(afterClose(consoleCloses.token, 'It has expired.', 0, true)).toMatchObject({ next: 'retry' })
  expect(afterClose(consoleCloses.token, 'It has expired.', 3, true)).toEqual({
    next: 'end',
    why: 'It has expired.',
  })
})

test('what trying again cannot change is the end, with its reason', () => {
  for (const code of [consoleCloses.forbidden, consoleCloses.gone, consoleCloses.idle, consoleCloses.tooMany])
    expect(afterClose(code, 'Because.', 0, true)).toEqual({ next: 'end', why: 'Because.' })
})
