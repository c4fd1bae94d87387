import { expect, test } from 'vitest'
import { judge } from './outcome.ts'
import type { Refused } from './transport.ts'

test('a file is stored, waits, is being stored, or was refused', () => {
  const said = (status: Parameters<typeof judge>[0]['status']) => judge({ status, failure: null })
  expect(said('active')).toBe('stored')
  expect(said('uploading')).toBe('waiting')
  expect([said('importing'), said('saving')]).toEqual([null, null])
  try {
    judge({ status: 'queued', failure: 'It names another file.' })
    expect.unreachable()
  } catch (error) {
    expect((error as Refused).error).toMatchObject({ message: 'It names another file.', remedy: null })
  }
  expect(() => said('killed')).toThrow()
})
