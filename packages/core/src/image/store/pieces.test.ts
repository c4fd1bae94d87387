import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inPieces, inStreams } from './pieces.ts'

async function* chunksOf(lengths: number[]) {
  let at = 0
  for (const length of lengths) yield Uint8Array.from({ length }, () => at++ % 251)
}
function* sizesOf(sizes: number[]) {
  for (let at = 0; ; at++) yield sizes[at % sizes.length]!
}
const lengths = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 })
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 })

it('cuts into buffers and streams of the given sizes, and loses nothing', () =>
  fc.assert(
    fc.asyncProperty(lengths, sizes, async (given, wanted) => {
      const whole = await buffer(Readable.from(chunksOf(given)))
      const pieces: Buffer[] = []
      for await (const piece of inPieces(chunksOf(given), sizesOf(wanted))) pieces.push(piece)
      const streams: Buffer[] = []
      for await (const stream of inStreams(chunksOf(given), sizesOf(wanted)))
        streams.push(await buffer(Readable.from(stream)))
      for (const cut of [pieces, streams]) {
        expect(Buffer.concat(cut)).toEqual(whole)
        for (const [index, piece] of cut.slice(0, -1).entries())
          expect(piece.length).toBe(wanted[index % wanted.length])
        expect(cut.every((piece) => piece.length > 0)).toBe(true)
      }
    }),
  ))

it('tells the source when nobody reads on', async () => {
  let ended = false
  async function* source() {
    try {
      for (;;) yield new Uint8Array(10)
    } finally {
      ended = true
    }
  }
  for await (const stream of inStreams(source(), sizesOf([25]))) {
    for await (const chunk of stream) expect(chunk.length).toBeGreaterThan(0)
    break
  }
  expect(ended).toBe(true)
})
