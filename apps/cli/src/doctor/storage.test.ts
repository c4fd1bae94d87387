import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { storageCheck } from './storage.ts'

const dir = mkdtempSync(join(tmpdir(), 'nephos-doctor-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

it('says where disks are, and what that means for moves', async () => {
  expect(await storageCheck({})).toMatchObject({ found: expect.stringContaining('each host has its own') })
  expect((await storageCheck({ instancesDirectory: dir, hosts: 2 })).found).toContain('in common')
  expect((await storageCheck({ instancesDirectory: dir })).found).toContain('of this machine alone')
  expect((await storageCheck({ instancesDirectory: join(dir, 'new') })).found).toContain('made at the start')
  writeFileSync(join(dir, 'file'), '')
  expect((await storageCheck({ instancesDirectory: join(dir, 'file/below') })).found).toContain(
    'cannot be used',
  )
})
