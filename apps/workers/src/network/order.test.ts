import { setTimeout as sleep } from 'node:timers/promises'
import type { MetadataSource } from '@nephos/core'
import { describe, expect, test, vi } from 'vitest'
import { Coalescer } from './coalescer.ts'
import { Gate } from './gate.ts'
import { GuestCache } from './metadata/guest-cache.ts'
import { guestIdentity } from './metadata/identity.ts'

describe('the gate', () => {
  test('lets many through at once, and one alone', async () => {
    const gate = new Gate()
    let inside = 0
    let most = 0
    let beside = 0
    const share = () =>
      gate.shared(async () => {
        most = Math.max(most, ++inside)
        await sleep(5)
        inside--
      })
    const alone = () =>
      gate.alone(async () => {
        beside += inside
        await sleep(5)
        beside += inside
      })
    await Promise.all([share(), share(), alone(), share(), alone(), share(), share()])
    expect(most).toBeGreaterThan(1)
    expect(beside).toBe(0)
  })

  test('whoever wants to be alone is not overtaken, and a failure opens the gate again', async () => {
    const gate = new Gate()
    const order: string[] = []
    await Promise.all([
      gate.shared(async () => {
        await sleep(10)
        order.push('first')
      }),
      gate
        .alone(async () => {
          order.push('alone')
          throw new Error('broken')
        })
        .catch(() => {}),
      gate.shared(async () => {
        order.push('later')
      }),
    ])
    expect(order).toEqual(['first', 'alone', 'later'])
    await gate.alone(async () => order.push('again'))
    expect(order.at(-1)).toBe('again')
  })
})

describe('coalescing', () => {
  test('what is named often is done once', async () => {
    const run = vi.fn(async (_key: string) => {})
    const work = new Coalescer(run, () => {}, 5)
    for (const key of ['a', 'b', 'a', 'a']) work.add(key)
    await sleep(30)
    expect(run.mock.calls.flat().sort()).toEqual(['a', 'b'])
    work.add('a')
    await work.stop()
    await sleep(15)
    expect(run).toHaveBeenCalledTimes(2)
  })

  test('a failure is told and ends nothing', async () => {
    const errors: string[] = []
    const work = new Coalescer(
      async () => {
        throw new Error('broken')
      },
      (_, key) => errors.push(key),
      1,
    )
    work.add('a')
    await expect.poll(() => errors).toEqual(['a'])
    await work.stop()
  })
})

describe('remembering guests', () => {
  const guest = (instanceId: string) => ({ instanceId }) as MetadataSource
  const identity = { networkId: 'n1', ipAddress: '10.0.0.5' }

  test('is for a short time, and shared by requests at once', async () => {
    let now = 0
    const find = vi.fn(async () => guest('i1'))
    const cache = new GuestCache(find, { ttlMs: 100, now: () => now })
    await Promise.all([cache.get(identity), cache.get(identity)])
    now = 99
    await cache.get(identity)
    expect(find).toHaveBeenCalledTimes(1)
    await cache.get({ ...identity, networkId: 'n2' })
    expect(find).toHaveBeenCalledTimes(2)
    now = 100
    await cache.get(identity)
    expect(find).toHaveBeenCalledTimes(3)
  })

  test('never keeps "nobody" or an error', async () => {
    const answers: (() => Promise<MetadataSource | null>)[] = [
      async () => null,
      async () => {
        throw new Error('database')
      },
      async () => guest('i1'),
    ]
    const cache = new GuestCache(() => answers.shift()!())
    expect(await cache.get(identity)).toBeNull()
    await expect(cache.get(identity)).rejects.toThrow('database')
    expect(await cache.get(identity)).toEqual(guest('i1'))
  })

  test('ends when the address changes hands or the instance changes', async () => {
    let instanceId = 'i1'
    const cache = new GuestCache(async () => guest(instanceId))
    await cache.get(identity)
    instanceId = 'i2'
    expect((await cache.get(identity))!.instanceId).toBe('i1')
    cache.forget(identity)
    expect((await cache.get(identity))!.instanceId).toBe('i2')
    instanceId = 'i3'
    cache.forgetInstance('i2')
    expect((await cache.get(identity))!.instanceId).toBe('i3')
  })

  test('has a limit', async () => {
    const find = vi.fn(async () => guest('i'))
    const cache = new GuestCache(find, { size: 2 })
    for (const last of [1, 2, 3, 1]) await cache.get({ networkId: 'n', ipAddress: `10.0.0.${last}` })
    expect(find).toHaveBeenCalledTimes(4)
  })
})

test.each([
  [{ 'x-network-id': '0197c0de-0000-7000-8000-000000000001', 'x-forwarded-for': '10.0.0.5' }, true],
  [
    { 'x-network-id': '0197c0de-0000-7000-8000-000000000001', 'x-forwarded-for': '10.0.0.5, 10.0.0.6' },
    false,
  ],
  [{ 'x-network-id': '0197c0de-0000-7000-8000-000000000001' }, false],
  [{ 'x-network-id': "' OR 1=1", 'x-forwarded-for': '10.0.0.5' }, false],
  [{ 'x-forwarded-for': '10.0.0.5' }, false],
])('identity from %j: %s', (headers, known) => expect(guestIdentity(headers) !== null).toBe(known))
