import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from './hash.ts'

test('stores Argon2id with the recommended cost and a salt of its own', async () => {
  const [first, second] = await Promise.all([hashPassword('secret'), hashPassword('secret')])
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(first).not.toBe(second)
})

test('verifies the right password only', async () => {
  const stored = await hashPassword('pässword')
  expect(await verifyPassword(stored, 'pässword'.normalize('NFD'))).toBe(true)
  expect(await verifyPassword(stored, 'password')).toBe(false)
})

test('without a stored hash nothing matches, and as much work is done', async () => {
  const stored = await hashPassword('secret')
  await verifyPassword(null, 'warm up')
  const time = async (hash: string | null) => {
    const started = performance.now()
    for (let i = 0; i < 5; i++) expect(await verifyPassword(hash, 'wrong')).toBe(false)
    return performance.now() - started
  }
  const [known, unknown] = [await time(stored), await time(null)]
  expect(unknown).toBeGreaterThan(known / 5)
})
