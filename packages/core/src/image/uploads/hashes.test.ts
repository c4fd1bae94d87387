import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { Hashes } from './hashes.ts'

const mib = 2 ** 20
const hex = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex')
const expected = (bytes: Buffer) => ({ md5: hex('md5', bytes), sha512: hex('sha512', bytes) })

async function hashed(bytes: Buffer, pieces: readonly number[]) {
  const hashes = new Hashes()
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const length = pieces[piece % pieces.length]!
    // Whoever sends the bytes may use their memory again.
    const chunk = Buffer.from(bytes.subarray(at, at + length))
    await hashes.update(chunk)
    chunk.fill(0)
    at += length
  }
  return hashes.digest()
}

it.each([0, 1, 262_143, 262_144, 4 * mib - 1, 4 * mib, 4 * mib + 1, 4 * mib + 262_144, 20 * mib + 12_345])(
  'hashes %i bytes, in whatever pieces they come',
  async (size) => {
    const bytes = randomBytes(size)
    for (const pieces of [[65_536], [1_000_003, 17, 262_144]])
      expect(await hashed(bytes, pieces)).toEqual(expected(bytes))
  },
)

it('hashes many files at once, with no more threads than processors', { timeout: 30_000 }, async () => {
  const files = Array.from({ length: 6 }, () => randomBytes(6 * mib))
  const found = await Promise.all(files.map((bytes) => hashed(bytes, [100_000])))
  expect(found).toEqual(files.map(expected))
})

it('lets go of its threads when it is given up, so that the next one has them', {
  timeout: 30_000,
}, async () => {
  for (let time = 0; time < 5; time++) {
    const hashes = new Hashes()
    for (let piece = 0; piece < 6; piece++) await hashes.update(randomBytes(mib))
    hashes.close()
    hashes.close()
  }
  const bytes = randomBytes(5 * mib)
  expect(await hashed(bytes, [mib])).toEqual(expected(bytes))
})
