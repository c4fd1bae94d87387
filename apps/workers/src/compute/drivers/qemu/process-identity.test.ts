import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  isAlive,
  isOfFormerBoot,
  parseIdentity,
  readIdentity,
  recordingShell,
  signalProcess,
  waitForEnd,
} from './process-identity.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-process-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function started() {
  const file = join(dir, 'process')
  const [program, ...args] = [...recordingShell(file), 'sleep', '60']
  const child = spawn(program!, args, { stdio: 'ignore' })
  await expect.poll(() => readIdentity(file)).not.toBeNull()
  return { child, identity: readIdentity(file)! }
}

it('records the process that the program becomes', async () => {
  const { child, identity } = await started()
  expect(identity.pid).toBe(child.pid)
  expect(isAlive(identity)).toBe(true)
  expect(isOfFormerBoot(identity)).toBe(false)
  signalProcess(identity, 'SIGKILL')
  await once(child, 'exit')
  expect(isAlive(identity)).toBe(false)
  expect(await waitForEnd(identity, 0)).toBe(true)
})

it('never takes another process with the same number for ours', async () => {
  const { child, identity } = await started()
  const recycled = { ...identity, startTime: String(Number(identity.startTime) - 1) }
  expect(isAlive(recycled)).toBe(false)
  signalProcess(recycled, 'SIGKILL')
  const rebooted = { ...identity, bootId: 'another' }
  expect(isAlive(rebooted)).toBe(false)
  expect(isOfFormerBoot(rebooted)).toBe(true)
  signalProcess(rebooted, 'SIGKILL')
  expect(await waitForEnd(identity, 50)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

it('understands a program name with brackets and spaces, and no half record', () => {
  const rest = ['S', ...Array.from({ length: 18 }, (_, at) => String(at)), '4711', '0']
  expect(parseIdentity(`boot\n42 (a) b (c)) ${rest.join(' ')}\n`)).toEqual({
    pid: 42,
    startTime: '4711',
    bootId: 'boot',
  })
  expect(parseIdentity('boot\n')).toBeNull()
  expect(parseIdentity('boot\n42 (x) S 1\n')).toBeNull()
})
