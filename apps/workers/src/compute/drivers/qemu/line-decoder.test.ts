import { expect, it } from 'vitest'
import { LineDecoder } from './line-decoder.ts'

it('gives the lines that each piece completes', () => {
  const decoder = new LineDecoder()
  expect(decoder.feed(Buffer.from('{"a":1}\r\n{"b":'))).toEqual(['{"a":1}'])
  expect(decoder.feed(Buffer.from('2'))).toEqual([])
  expect(decoder.feed(Buffer.from('}\r\n\r\n{"c":3}\n'))).toEqual(['{"b":2}', '{"c":3}'])
})

it('puts a character together that was cut in two', () => {
  const decoder = new LineDecoder()
  const bytes = Buffer.from('"ü"\n')
  expect(decoder.feed(bytes.subarray(0, 2))).toEqual([])
  expect(decoder.feed(bytes.subarray(2))).toEqual(['"ü"'])
})

it('refuses a line without an end', () => {
  const decoder = new LineDecoder()
  const piece = Buffer.alloc(9 * 1024 * 1024, 'x')
  decoder.feed(piece)
  expect(() => decoder.feed(piece)).toThrow(/16 MiB/)
})
