import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsoleLog } from './console-log.ts'
import { completeLength, decodeExactly } from './console-text.ts'
import { ReadyWatch } from './ready-watch.ts'

let dir: string
let live: string
const fresh = (limitBytes = 1_000) => new ConsoleLog({ live, dir, limitBytes })
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-console-'))
  mkdirSync(join(dir, 'vm'))
  live = join(dir, 'vm/console.log')
})
afterEach(() => rmSync(dir, { recursive: true }))

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `line ${String(from + at).padStart(4, '0')}\n`).join('')

describe('ConsoleLog', () => {
  it('is empty before the first start', () => {
    expect(fresh().read(0, 100)).toEqual({ offset: 0, size: 0, text: '' })
    expect(new ConsoleLog({ live: '/nonexistent/a', dir: '/nonexistent', limitBytes: 10 }).size()).toBe(0)
  })

  it('reads from an offset and from the end', () => {
    appendFileSync(live, numbered(0, 10))
    expect(fresh().read(10, 10)).toEqual({ offset: 10, size: 100, text: 'line 0001\n' })
    expect(fresh().read(-20, 100)).toEqual({ offset: 80, size: 100, text: numbered(8, 10) })
    expect(fresh().read(500, 100)).toEqual({ offset: 100, size: 100, text: '' })
    expect(fresh().read(-500, 10).offset).toBe(0)
  })

  it('keeps the tail, bounded, while the writer goes on, and offsets stay true', () => {
    const log = fresh()
    const writer = openSync(live, 'a')
    let next = 0
    let reader = 0
    let seen = ''
    for (let round = 0; round < 60; round++) {
      writeSync(writer, numbered(next, next + 7))
      next += 7
      const { offset, text, size } = log.read(reader, 65_536)
      expect(offset).toBe(reader)
      expect(size).toBe(next * 10)
      seen += text
      reader = offset + Buffer.byteLength(text)
      log.trim()
      const kept = readdirSync(dir).filter((name) => name.startsWith('console.tail'))
      expect(kept.length).toBeLessThanOrEqual(1)
      const bytes = kept.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0) + statSync(live).size
      expect(bytes).toBeLessThanOrEqual(1_000)
    }
    closeSync(writer)
    expect(seen).toBe(numbered(0, next))
    const all = log.read(0, 65_536)
    expect(all.offset).toBeGreaterThan(0)
    expect(all.text).toBe(numbered(0, next).slice(all.offset))
    expect(all.text.length).toBeGreaterThanOrEqual(500)
    expect(fresh().read(0, 65_536)).toEqual(all)
  })

  it('reads across the border of tail and live', () => {
    const log = fresh()
    appendFileSync(live, numbered(0, 60))
    log.trim()
    appendFileSync(live, numbered(60, 63))
    expect(log.read(590, 20).text).toBe(numbered(59, 61))
  })

  it('follows neither links nor pipes that stand in the place of the log', () => {
    symlinkSync('/etc/passwd', live)
    expect(() => fresh().read(0, 100)).toThrow()
    rmSync(live)
    mkdirSync(live)
    expect(() => fresh().read(0, 100)).toThrow()
  })
})

describe('console text', () => {
  it('has as many bytes as it was made from', () => {
    for (const bytes of [
      Buffer.from('grüße 👋\n'),
      Buffer.from([0x41, 0xff, 0xfe, 0x42, 0xc3, 0x28, 0xc3, 0xbc, 0xed, 0xa0, 0x80]),
      Buffer.from('👋').subarray(0, 3),
    ])
      expect(Buffer.byteLength(decodeExactly(bytes))).toBe(bytes.length)
    expect(decodeExactly(Buffer.from([0x41, 0xff, 0xc3, 0xbc]))).toBe('A?ü')
  })

  it('leaves a character that is not complete for the next read', () => {
    const bytes = Buffer.from('a👋')
    expect([5, 4, 3, 2, 1].map((n) => completeLength(bytes.subarray(0, n)))).toEqual([5, 1, 1, 1, 1])
    appendFileSync(live, 'ab👋c')
    const log = fresh()
    expect(log.read(0, 4).text).toBe('ab')
    expect(log.read(2, 100).text).toBe('👋c')
    expect(Buffer.byteLength(log.read(2, 2).text)).toBe(2)
  })
})

describe('ReadyWatch', () => {
  it.each([
    [['boot\r\nREADY vm-1 uptime 4.93\r\n']],
    [['boot\r\nREA', 'DY vm', '-1 uptime']],
    [['\r\nvm-1 login: ']],
    [['Debian 12 ttyS0\n\nweb.example login:']],
  ])('sees that the guest is ready in %j', (pieces) => {
    const watch = new ReadyWatch()
    expect(pieces.map((piece) => watch.feed(piece)).at(-1)).toBe(true)
  })

  it.each(['ALREADY done', 'systemd: not READY', 'vm-1 login: root\r\n', 'Last login: today'])(
    'is not misled by %j',
    (text) => {
      expect(new ReadyWatch().feed(text)).toBe(false)
    },
  )
})
