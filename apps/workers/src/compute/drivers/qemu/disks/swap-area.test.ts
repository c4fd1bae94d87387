import { expect, test } from 'vitest'
import { swapHeader } from './swap-area.ts'

const mib = 1024 * 1024

test('the header is what the kernel checks: version, last page, signature', () => {
  const header = swapHeader(64 * mib, 'swap0')
  expect(header).toHaveLength(4096)
  expect(header.toString('latin1', 4086)).toBe('SWAPSPACE2')
  expect(header.readUInt32LE(1024)).toBe(1)
  expect(header.readUInt32LE(1028)).toBe((64 * mib) / 4096 - 1)
  expect(header.readUInt32LE(1032), 'no bad pages').toBe(0)
  expect(header.toString('latin1', 1052, 1068).replaceAll('\0', '')).toBe('swap0')
})

test('each area has an identity of its own; what is no whole page is left out', () => {
  const uuid = (header: Buffer) => header.toString('hex', 1036, 1052)
  expect(uuid(swapHeader(mib))).not.toBe(uuid(swapHeader(mib)))
  expect(swapHeader(mib + 4095).readUInt32LE(1028)).toBe(mib / 4096 - 1)
})
