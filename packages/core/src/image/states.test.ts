import { expect, test } from 'vitest'
import { type ImageAction, imageActions, imageStatuses, whyNotImage } from './states.ts'

/** The same rule, written by hand a second time: action, then a mark for each status in their order. */
const table: [ImageAction, string][] = [
  // queued saving uploading importing active killed deactivated
  ['launch', '. . . . x . .'],
  ['download', '. . . . x . .'],
  ['upload', 'x . . . . . .'],
  ['continueUpload', '. . x . . . .'],
  ['cancelUpload', '. x x . . . .'],
  ['import', 'x . . . . . .'],
  ['cancelImport', '. . . x . . .'],
  ['copy', '. . . . x . .'],
  ['warm', '. . . . x . .'],
  ['deactivate', '. . . . x . .'],
  ['reactivate', '. . . . . . x'],
  ['changeFormat', 'x . . . . . .'],
]

test('every action is in the table', () => {
  expect(table.map(([action]) => action).toSorted()).toEqual(Object.keys(imageActions).toSorted())
})

test.each(table)('%s is allowed in its statuses only, and refused with a sentence', (action, marks) => {
  const allowed = marks.split(' ')
  for (const [index, status] of imageStatuses.entries()) {
    const reason = whyNotImage(action, status)
    if (allowed[index] === 'x') expect(reason, status).toBeNull()
    else expect(reason, status).toMatch(/^[A-Z].*\.$/)
  }
})
