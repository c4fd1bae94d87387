import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whileFrozen } from './freeze.ts'

/** An agent that keeps a note of what it was asked, and answers what it is told to. */
let server: Server
let dir: string
let socket: string
let asked: string[]
let frozen: boolean
let answers: Record<string, () => object | null>

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-freeze-'))
  socket = join(dir, 'agent.sock')
  asked = []
  frozen = false
  answers = {}
  server = createServer((line) => {
    line.on('error', () => {})
    let rest = ''
    line.on('data', (piece) => {
      const parts = (rest + piece).split('\n')
      rest = parts.pop()!
      for (const part of parts.filter(Boolean)) {
        const { execute, arguments: given } = JSON.parse(part) as {
          execute: string
          arguments?: { id: number }
        }
        if (execute !== 'guest-sync') asked.push(execute)
        const answer = reply(execute, given)
        if (answer) line.write(`${JSON.stringify(answer)}\n`)
      }
    })
  })
  await new Promise<void>((done) => server.listen(socket, done))
})

afterEach(() => {
  server.close()
  rmSync(dir, { recursive: true, force: true })
})

function reply(execute: string, given?: { id: number }): object | null {
  if (execute === 'guest-sync') return { return: given!.id }
  const other = answers[execute]?.()
  if (other !== undefined) return other
  const count = execute === 'guest-fsfreeze-thaw' && !frozen ? 0 : 1
  if (execute === 'guest-fsfreeze-freeze') frozen = true
  if (execute === 'guest-fsfreeze-thaw') frozen = false
  return { return: execute === 'guest-ping' ? {} : count }
}

test('freezes, does it, and thaws', async () => {
  const result = await whileFrozen(socket, async () => {
    expect(frozen).toBe(true)
    return 'done'
  })
  expect(result).toBe('done')
  expect(frozen).toBe(false)
  expect(asked).toEqual(['guest-ping', 'guest-fsfreeze-freeze', 'guest-fsfreeze-thaw'])
})

test('thaws when what was done failed', async () => {
  await expect(whileFrozen(socket, () => Promise.reject(new Error('no copy')))).rejects.toThrow('no copy')
  expect(frozen).toBe(false)
})

test('thaws with another try when the first one is not answered', async () => {
  let ignored = 0
  answers['guest-fsfreeze-thaw'] = () => (ignored++ === 0 ? null : (undefined as never))
  await expect(whileFrozen(socket, async () => 'done', { freeze: 300 })).rejects.toMatchObject({
    code: 'unavailable',
  })
  expect(frozen).toBe(false)
  expect(asked.filter((command) => command === 'guest-fsfreeze-thaw')).toHaveLength(2)
})

test('an agent that cannot freeze says so, and nothing is begun', async () => {
  answers['guest-fsfreeze-freeze'] = () => ({ error: { class: 'CommandNotFound', desc: 'not known here' } })
  const begun: string[] = []
  await expect(whileFrozen(socket, async () => begun.push('begun'))).rejects.toMatchObject({
    code: 'driver_failed',
    message: expect.stringContaining('not known here'),
  })
  expect(begun).toEqual([])
})

test('a guest that did not stay frozen is told', async () => {
  await expect(
    whileFrozen(socket, async () => {
      frozen = false
    }),
  ).rejects.toThrow('let its file systems go')
})

test('a guest does not stay frozen when the process that froze it is killed', async () => {
  const program = `import(${JSON.stringify(join(import.meta.dirname, 'freeze.ts'))})
    .then(({ whileFrozen }) => whileFrozen(${JSON.stringify(socket)}, () => new Promise(() => {}), { bound: 1500 }))`
  const victim = execFile(process.execPath, ['--import', 'tsx', '-e', program])
  await expect.poll(() => frozen, { timeout: 20_000 }).toBe(true)
  process.kill(victim.pid!, 'SIGKILL')
  await expect.poll(() => frozen, { timeout: 20_000 }).toBe(false)
}, 50_000)
