import { expect, it } from 'vitest'
import { RecentOutput } from './recent-output.ts'
import { isTerminalReport } from './terminal-report.ts'

it('keeps what the log and the port both had once', () => {
  const recent = new RecentOutput()
  recent.add(Buffer.from('login: '))
  recent.add(Buffer.from('root\r\n'))
  recent.putBefore(Buffer.from('booting\r\nlogin: '))
  expect(recent.text().toString()).toBe('booting\r\nlogin: root\r\n')
})

it('joins a log that ends before the port was read', () => {
  const recent = new RecentOutput()
  recent.add(Buffer.from('world'))
  recent.putBefore(Buffer.from('hello '))
  expect(recent.text().toString()).toBe('hello world')
})

it('is bounded, and begins with a whole line', () => {
  const recent = new RecentOutput()
  for (let index = 0; index < 10_000; index++) recent.add(Buffer.from(`line ${index}\n`))
  const text = recent.text().toString()
  expect(text.length).toBeLessThanOrEqual(RecentOutput.bytes)
  expect(text).toMatch(/^line \d+\n/)
  expect(text.endsWith('line 9999\n')).toBe(true)
})

it('tells the answers of a terminal from what somebody types', () => {
  for (const report of ['\x1b[12;80R', '\x1b[?1;2c', '\x1b[>0;276;0c', '\x1b[0n', '\x1b[1;1R\x1b[?6c'])
    expect(isTerminalReport(Buffer.from(report)), JSON.stringify(report)).toBe(true)
  for (const typed of ['ls\r', '\x1b[A', '\x1b', 'R', '\x1b[12;80Rls', ''])
    expect(isTerminalReport(Buffer.from(typed)), JSON.stringify(typed)).toBe(false)
})
