import { randomBytes } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test('it is the one of zlib', () => {
  for (const size of [0, 1, 9, 65_537]) {
    const bytes = randomBytes(size)
    expect(crc32(bytes)).toBe(zlibCrc32(bytes))
  }
})
