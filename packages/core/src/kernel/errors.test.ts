import { expect, test, vi } from 'vitest'
import { NephosError } from './errors.ts'

test('an error of another copy of the class is one of ours, and no other error is', async () => {
  vi.resetModules()
  const copy = await import('./errors.ts')
  expect(copy.NephosError).not.toBe(NephosError)
  expect(new copy.NephosError('conflict', 'No.')).toBeInstanceOf(NephosError)
  expect(new NephosError('conflict', 'No.')).toBeInstanceOf(copy.NephosError)
  for (const other of [new Error('x'), { code: 'conflict', name: 'NephosError' }, null, 'NephosError'])
    expect(other instanceof NephosError).toBe(false)
})
