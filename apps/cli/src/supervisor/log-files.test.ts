import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rotate, tail } from './log-files.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nephos-log-'))
  file = join(directory, 'a.log')
})
afterEach(() => rmSync(directory, { recursive: true }))

it('shows the last whole lines, and nothing of an earlier run', () => {
  appendFileSync(file, 'old\n')
  const start = readFileSync(file).length
  appendFileSync(file, 'one\n\ntwo\nthree\n')
  expect(tail(file, 2)).toEqual(['two', 'three'])
  expect(tail(file, 10, start)).toEqual(['one', 'two', 'three'])
  expect(tail(join(directory, 'missing.log'), 10)).toEqual([])
})

it('rotates only what is too long, and keeps so many', () => {
  const options = { maxBytes: 10, keep: 2 }
  appendFileSync(file, 'short\n')
  expect(rotate(file, options)).toBe(false)
  for (const text of ['first', 'second', 'third']) {
    appendFileSync(file, `${text} is long enough\n`)
    expect(rotate(file, options)).toBe(true)
  }
  expect(readFileSync(file, 'utf8')).toBe('')
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('third')
  expect(readFileSync(`${file}.2`, 'utf8')).toContain('second')
  expect(() => readFileSync(`${file}.3`)).toThrow()
})

it('empties the file in place: whoever has it open goes on writing to it', () => {
  const writer = openSync(file, 'a')
  writeSync(writer, 'before the rotation\n')
  rotate(file, { maxBytes: 5 })
  writeSync(writer, 'after\n')
  closeSync(writer)
  expect(readFileSync(file, 'utf8')).toBe('after\n')
})
