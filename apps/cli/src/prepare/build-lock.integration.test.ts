import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withLock } from './build-lock.ts'

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'nephos-lock-')), 'locks', 'build')
})
afterEach(() => rmSync(join(file, '../..'), { recursive: true }))

it('lets one work after the other', async () => {
  const order: string[] = []
  const work = (name: string) =>
    withLock(file, async () => {
      order.push(`${name} begins`)
      await sleep(50)
      order.push(`${name} ends`)
    })
  await Promise.all([work('a'), work('b')])
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

it('is released by a failure', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(file)).toBe(false)
})

it('does not wait for a process that is gone', async () => {
  await withLock(file, async () => {})
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'another boot' }))
  expect(await withLock(file, async () => 'done')).toBe('done')
})
