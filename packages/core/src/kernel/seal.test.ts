import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealOf } from './seal.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'nephos-seal-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('what was sealed opens for its purpose, also with the key read again, and for no other', () => {
  const sealed = sealOf({ home }).close('hunter2', 'volume 1')
  expect(sealed).not.toContain('hunter2')
  expect(sealOf({ home }).close('hunter2', 'volume 1')).not.toBe(sealed)
  // Another spelling of the directory is another seal in this process, with the key from the file.
  expect(sealOf({ home: `${home}/.` }).open(sealed, 'volume 1')).toBe('hunter2')
  expect(() => sealOf({ home }).open(sealed, 'volume 2')).toThrow('cannot be read')
  expect(() => sealOf({ home }).open(`${sealed.slice(0, -2)}AA`, 'volume 1')).toThrow('cannot be read')
})

test('the key is for its owner alone, and a configured one comes first', () => {
  sealOf({ home })
  expect(statSync(join(home, 'secrets', 'seal-key')).mode & 0o777).toBe(0o600)
  const sealKey = Buffer.alloc(32, 7).toString('base64')
  const sealed = sealOf({ home, sealKey }).close('secret', 'store')
  expect(sealOf({ home: '/nowhere', sealKey }).open(sealed, 'store')).toBe('secret')
  expect(() => sealOf({ home }).open(sealed, 'store')).toThrow('another key')
})
