import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queuedOperations } from '../consume/backlog.ts'
import { testTools } from '../testing/saga.ts'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'
import { releaseLease, withLease } from './lease.ts'
import { runEvery } from './run-every.ts'
import { sweepStuckOperations } from './stuck-operations.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

describe('a named lease', () => {
  it('lets one process work, keeps it, and passes on after its end', async () => {
    const lease = (owner: string, ttlMs = 60_000) => ({ db: world.db, name: 'sweep', owner, ttlMs })
    const owners = Array.from({ length: 8 }, (_, index) => `p${index}`)
    const results = await Promise.all(owners.map((owner) => withLease(lease(owner), async () => owner)))
    const held = results.filter((result) => result !== undefined)
    expect(held.length).toBe(1)
    const owner = held[0]!.result
    const other = owners.find((name) => name !== owner)!
    expect(await withLease(lease(owner), async () => 'again')).toEqual({ result: 'again' })
    expect(await withLease(lease(other), async () => 'mine')).toBeUndefined()
    await releaseLease({ db: world.db, name: 'sweep', owner: other })
    expect(await withLease(lease(other), async () => 'mine')).toBeUndefined()
    await releaseLease({ db: world.db, name: 'sweep', owner })
    expect(await withLease(lease(other), async () => 'mine')).toEqual({ result: 'mine' })
  })

  it('is renewed while the work runs, and tells when it was lost', async () => {
    const options = { db: world.db, name: 'long', owner: 'a', ttlMs: 300 }
    await withLease(options, async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await withLease({ ...options, owner: 'b' }, async () => true)).toBeUndefined()
      expect(signal.aborted).toBe(false)
      await world.db.lease.update({ where: { name: 'long' }, data: { owner: 'thief' } })
      await until(() => signal.aborted, 2_000)
    })
  })
})

describe('a loop', () => {
  it('goes on after an error, starts a round when asked, and stops', async () => {
    let rounds = 0
    const loop = runEvery({
      name: 'test',
      everyMs: 60_000,
      log: testTools(world.db).log,
      run: async () => {
        rounds++
        throw new Error('a bad round')
      },
    })
    await until(() => rounds === 1)
    loop.now()
    await until(() => rounds === 2)
    await loop.stop()
    loop.now()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(rounds).toBe(2)
  })
})

describe('the sweep of stuck operations', () => {
  const longAgo = new Date(Date.now() - 3_600_000)
  const age = (id: string, values = {}) =>
    world.db.operation.update({ where: { id }, data: { updatedAt: longAgo, ...values } })

  it('enqueues exactly those that nobody works on and no message is on its way for', async () => {
    const queue = world.open('sweeper')
    const link = await queue.bus.ready()
    const make = (values = {}) => world.operation({ kind: 'instance-start', ...values })
    const lost = await make()
    const orphan = await make({ status: 'running', leaseExpiresAt: longAgo, leaseOwner: 'dead' })
    const inQueue = await make()
    const inOutbox = await make()
    const held = await make({ status: 'running', leaseExpiresAt: new Date(Date.now() + 60_000) })
    const fresh = await make()
    const ended = await make({ status: 'failed' })
    const foreign = await make({ kind: 'image-upload' })
    for (const id of [lost, orphan, inQueue, inOutbox, held, ended, foreign]) await age(id)
    const payload = (operationId: string) => ({ operationId, instanceId: operationId })
    queue.relay.kick([await world.enqueue('instance.start', payload(inQueue), { host: 'h' })])
    await queue.relay.idle()
    await world.enqueue('instance.start', payload(inOutbox), {
      host: 'h',
      notBefore: new Date(Date.now() + 60_000),
    })

    const sweep = () =>
      sweepStuckOperations({
        db: world.db,
        bus: queue.bus,
        relay: queue.relay,
        log: queue.tools.log,
        publish: queue.publish,
        jobFor: (operation) =>
          operation.kind === 'instance-start'
            ? { name: 'instance.start', payload: payload(operation.id), host: 'h' }
            : null,
      })
    expect(await sweep()).toBe(2)
    await queue.relay.idle()
    expect(await queuedOperations(link, 'job.compute.h.instance.start')).toEqual(
      new Set([inQueue, lost, orphan]),
    )
    expect(await sweep()).toBe(0)
    await age(lost)
    expect(await sweep()).toBe(0)
    expect(fresh).toBeTruthy()
  })

  it('ends an operation that was begun too often', async () => {
    const queue = world.open('sweeper')
    await queue.bus.ready()
    const id = await world.operation({
      kind: 'hopeless',
      attempt: 30,
      status: 'running',
      leaseExpiresAt: longAgo,
    })
    await age(id)
    const enqueued = await sweepStuckOperations({
      db: world.db,
      bus: queue.bus,
      relay: queue.relay,
      log: queue.tools.log,
      publish: queue.publish,
      jobFor: (operation) =>
        operation.kind === 'hopeless'
          ? { name: 'instance.start', payload: { operationId: id, instanceId: id }, host: 'h' }
          : null,
    })
    expect(enqueued).toBe(0)
    expect(await world.db.operation.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'failed',
      errorCode: 'internal',
    })
  })
})
