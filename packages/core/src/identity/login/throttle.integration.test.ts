import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { anonymousCtx, createTestCloud, makeUser, type TestCloud, uniqueName } from '../../testing/index.ts'
import { authenticateToken, login } from '../index.ts'
import { countAttempt, throttleLimits, throttleWindowMs } from './throttle.ts'

const password = 'correct horse battery'
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

const from = (address: string) => ({ ...anonymousCtx(cloud), address })

test('an account is refused after too many failures from one address, and told how long', async () => {
  const user = await makeUser(cloud, { password })
  const ctx = from('198.51.100.1')
  const attempts = await Promise.allSettled(
    Array.from({ length: throttleLimits.account + 5 }, () =>
      login({ ctx, input: { name: user.name, password: 'wrong' } }),
    ),
  )
  const codes = attempts.map((attempt) => (attempt.status === 'rejected' ? attempt.reason.code : 'signed in'))
  expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(throttleLimits.account)
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(5)

  await expect(login({ ctx, input: { name: user.name, password } })).rejects.toMatchObject({
    code: 'rate_limited',
    detail: { retryAfterSeconds: expect.any(Number) },
  })
  await expect(authenticateToken({ ctx, input: { name: user.name, password } })).rejects.toMatchObject({
    code: 'rate_limited',
  })
})

test('flooding an account does not lock its owner out elsewhere, nor others at the same address', async () => {
  const [user, other] = [await makeUser(cloud, { password }), await makeUser(cloud, { password })]
  const flooder = from('198.51.100.2')
  for (let i = 0; i <= throttleLimits.account; i++)
    await countAttempt(flooder, `Default\0${user.name}`).catch(() => undefined)
  await expect(login({ ctx: flooder, input: { name: user.name, password } })).rejects.toMatchObject({
    code: 'rate_limited',
  })
  await login({ ctx: from('198.51.100.3'), input: { name: user.name, password } })
  await login({ ctx: flooder, input: { name: other.name, password } })
})

test('an address that tries many accounts is refused', async () => {
  const ctx = from('198.51.100.4')
  const outcomes = await Promise.allSettled(
    Array.from({ length: throttleLimits.address + 10 }, () => countAttempt(ctx, uniqueName('nobody'))),
  )
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10)
})

test('a success clears the account and does not count for the address', async () => {
  const user = await makeUser(cloud, { password })
  const ctx = from('198.51.100.5')
  for (let i = 0; i < throttleLimits.account - 1; i++) await await countAttempt(ctx, `Default\0${user.name}`)
  await login({ ctx, input: { name: user.name, password } })
  const rows = await cloud.db.loginThrottle.findMany({ where: { key: 'address:198.51.100.5' } })
  expect(rows[0]?.failures).toBe(throttleLimits.account - 1)
  await expect(login({ ctx, input: { name: user.name, password: 'wrong' } })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})

test('the window ends', async () => {
  const ctx = from('198.51.100.6')
  const name = uniqueName('nobody')
  for (let i = 0; i < throttleLimits.account; i++) await countAttempt(ctx, name)
  await expect(countAttempt(ctx, name)).rejects.toMatchObject({ code: 'rate_limited' })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + throttleWindowMs + 1 })
  try {
    await countAttempt(ctx, name)
  } finally {
    vi.useRealTimers()
  }
})
