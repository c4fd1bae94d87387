import { expect, test } from 'vitest'
import type { ImageRow } from '../row.ts'
import { kindOfStore, storesWithout, whyNotDrop } from './words.ts'

type Places = Pick<ImageRow, 'stores'>
const stores = [
  { name: 'file', kind: 'filesystem', isDefault: true, format: null },
  { name: 's3', kind: 's3', isDefault: false, format: null },
] as const
const only: Places = { stores: [{ name: 'file', status: 'active' }] }
const copying: Places = {
  stores: [
    { name: 'file', status: 'active' },
    { name: 's3', status: 'copying' },
  ],
}
const both: Places = {
  stores: [
    { name: 'file', status: 'active' },
    { name: 's3', status: 'active' },
  ],
}

test('an image can be copied where it is not, and is not on its way', () => {
  expect(storesWithout(stores, only).map(({ name }) => name)).toEqual(['s3'])
  expect(storesWithout(stores, copying)).toEqual([])
})

test('the last store that has an image keeps it', () => {
  expect(whyNotDrop(both, 'file', true)).toBeNull()
  expect(whyNotDrop(both, 'file', false)).toMatch(/administrators/)
  expect(whyNotDrop(only, 'file', true)).toMatch(/only store/)
  expect(whyNotDrop(copying, 'file', true)).toMatch(/only store/)
  expect(whyNotDrop(copying, 's3', true)).toMatch(/cancel/)
  expect(whyNotDrop(only, 's3', true)).toMatch(/not there/)
})

test('stores are told apart', () => {
  expect(stores.map(kindOfStore)).toEqual(['Directory, the default', 'S3'])
})
