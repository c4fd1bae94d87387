import { expect, test } from 'vitest'
import {
  isUnderWay,
  nameFromFile,
  newUpload,
  nextUpload,
  remainingMs,
  sentPercent,
  speedOf,
  type Upload,
  type UploadEvent,
} from './upload-state.ts'

const error = {
  code: 'too_large',
  message: 'Too large.',
  field: null,
  remedy: null,
  requestId: null,
  detail: null,
}
const begin = () => newUpload({ imageId: 'i', name: 'debian', fileName: 'debian.qcow2', total: 1000 }, 0)
const run = (...events: UploadEvent[]): Upload => events.reduce(nextUpload, begin())

test('a file is sent, checked and done', () => {
  const half = run({ type: 'progressed', at: 500, sent: 500 })
  expect([half.phase, sentPercent(half), isUnderWay(half)]).toEqual(['sending', 50, true])
  const checking = nextUpload(half, { type: 'sent' })
  expect([checking.phase, checking.sent, isUnderWay(checking)]).toEqual(['checking', 1000, true])
  expect(nextUpload(checking, { type: 'accepted' }).phase).toBe('done')
})

test('what comes after the end changes nothing', () => {
  const late: UploadEvent[] = [
    { type: 'progressed', at: 9, sent: 999 },
    { type: 'sent' },
    { type: 'accepted' },
    { type: 'refused', error },
    { type: 'cancelled' },
  ]
  for (const end of [{ type: 'cancelled' }, { type: 'refused', error }] as UploadEvent[]) {
    const ended = run({ type: 'progressed', at: 1, sent: 10 }, end)
    for (const event of late) expect(nextUpload(ended, event)).toBe(ended)
  }
})

test('what failed can be sent again from the beginning; what is done or runs cannot', () => {
  const again = run(
    { type: 'progressed', at: 1, sent: 10 },
    { type: 'refused', error },
    { type: 'started', at: 50 },
  )
  expect(again).toMatchObject({ phase: 'sending', sent: 0, error: null, samples: [{ at: 50, sent: 0 }] })
  const done = run({ type: 'accepted' })
  expect(nextUpload(done, { type: 'started', at: 1 })).toBe(done)
  const running = begin()
  expect(nextUpload(running, { type: 'started', at: 1 })).toBe(running)
})

test('bytes never go back nor beyond the file (what is sent around it counts too)', () => {
  const upload = run({ type: 'progressed', at: 1, sent: 600 }, { type: 'progressed', at: 2, sent: 500 })
  expect(upload.sent).toBe(600)
  expect(nextUpload(upload, { type: 'progressed', at: 3, sent: 1200 }).sent).toBe(1000)
})

test('a broken line is waited for, and what had arrived counts', () => {
  const broken = run({ type: 'progressed', at: 1, sent: 600 }, { type: 'interrupted' })
  expect([broken.phase, isUnderWay(broken)]).toEqual(['waiting', true])
  expect(nextUpload(broken, { type: 'progressed', at: 2, sent: 700 })).toBe(broken)
  const on = nextUpload(broken, { type: 'placed', at: 9, sent: 550 })
  expect(on).toMatchObject({ phase: 'sending', sent: 550, samples: [{ at: 9, sent: 550 }] })
})

test('the speed is that of the last seconds', () => {
  expect(speedOf(begin())).toBeNull()
  const slowThenFast = run(
    { type: 'progressed', at: 10_000, sent: 100 },
    { type: 'progressed', at: 11_000, sent: 400 },
    { type: 'progressed', at: 12_000, sent: 700 },
  )
  expect(speedOf(slowThenFast)).toBe(300)
  expect(remainingMs(slowThenFast)).toBe(1000)
})

test('an empty file is all there; a name is made from the file', () => {
  expect(sentPercent({ sent: 0, total: 0 })).toBe(100)
  expect(['debian-12.qcow2', 'a.b.IMG', '.iso', 'plain'].map(nameFromFile)).toEqual([
    'debian-12',
    'a.b',
    '.iso',
    'plain',
  ])
})
