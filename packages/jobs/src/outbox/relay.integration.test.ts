import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

const payload = async () => ({ operationId: await world.operation(), instanceId: newId() })
const left = () => world.db.outbox.count()
const stored = async (queue: ReturnType<TestWorld['open']>, subject: string) => {
  const { jsm } = await queue.bus.ready()
  const { state } = await jsm.streams.info('JOBS', { subjects_filter: subject })
  return state.subjects?.[subject] ?? 0
}
const longAgo = () => new Date(Date.now() - 60_000)

describe('the outbox relay', () => {
  it('publishes at once, in order, with its headers, and deletes what it published', async () => {
    const queue = world.open('api')
    await queue.bus.ready()
    const rows = []
    for (let index = 0; index < 5; index++)
      rows.push(await world.enqueue('instance.start', await payload(), { host: 'order' }))
    queue.relay.kick(rows)
    await queue.relay.idle()
    expect(await left()).toBe(0)
    const { jsm } = await queue.bus.ready()
    const first = await jsm.direct.getMessage('JOBS', { seq: 1, next_by_subj: rows[0]!.subject })
    expect(first?.json()).toEqual(rows[0]!.payload)
    expect(first?.header.get('Nephos-Request-Id')).toBe('req-test')
    expect(first?.header.get('Nats-Msg-Id')).toBe(rows[0]!.id)
    const last = await jsm.streams.getMessage('JOBS', { last_by_subj: rows[0]!.subject })
    expect(last?.json()).toEqual(rows[4]!.payload)
  })

  it('publishes a row once however many processes relay it', async () => {
    const queues = [world.open('one'), world.open('two'), world.open('three')]
    await Promise.all(queues.map((queue) => queue.bus.ready()))
    const rows = []
    for (let index = 0; index < 20; index++)
      rows.push(
        await world.enqueue('instance.start', await payload(), { host: 'dedupe', createdAt: longAgo() }),
      )
    for (const queue of queues) queue.relay.kick(rows)
    await Promise.all(queues.map((queue) => queue.relay.sweep()))
    await Promise.all(queues.map((queue) => queue.relay.idle()))
    expect(await stored(queues[0]!, rows[0]!.subject)).toBe(20)
    expect(await left()).toBe(0)
  })

  it('sweeps what was left behind and what has become due, and nothing else', async () => {
    const queue = world.open('sweeper')
    await queue.bus.ready()
    await world.enqueue('instance.start', await payload(), { host: 'left', createdAt: longAgo() })
    await world.enqueue('instance.start', await payload(), { host: 'fresh' })
    await world.enqueue('instance.start', await payload(), {
      host: 'later',
      createdAt: longAgo(),
      notBefore: new Date(Date.now() + 60_000),
    })
    expect(await queue.relay.sweep()).toBe(1)
    await queue.relay.idle()
    const subjects = (await world.db.outbox.findMany()).map((row) => row.subject)
    expect(subjects.sort()).toEqual(['job.compute.fresh.instance.start', 'job.compute.later.instance.start'])
    await world.db.outbox.deleteMany()
  })

  it('keeps everything while NATS is down and delivers it when it is back', async () => {
    const queue = world.open('outage')
    await queue.bus.ready()
    await world.nats.kill()
    await until(() => queue.status().state === 'down')
    const rows = []
    for (let index = 0; index < 10; index++)
      rows.push(
        await world.enqueue('instance.start', await payload(), { host: 'outage', createdAt: longAgo() }),
      )
    queue.relay.kick(rows)
    await queue.relay.idle()
    expect(await queue.relay.sweep()).toBe(0)
    expect(await left()).toBe(10)
    await world.nats.restart()
    await queue.bus.ready()
    expect(await queue.relay.sweep()).toBe(10)
    await queue.relay.idle()
    expect(await left()).toBe(0)
    expect(await stored(queue, rows[0]!.subject)).toBe(10)
  })

  it('ends the operation of a job that NATS can never take', async () => {
    const queue = world.open('large')
    await queue.bus.ready()
    const operationId = await world.operation()
    const row = await world.enqueue(
      'instance.start',
      { operationId, filler: 'x'.repeat(1_100_000) },
      { host: 'large' },
    )
    queue.relay.kick([row])
    await until(async () => (await left()) === 0)
    expect(await world.db.operation.findUniqueOrThrow({ where: { id: operationId } })).toMatchObject({
      status: 'failed',
      errorCode: 'too_large',
    })
  })

  it('starts while NATS is down, and the streams survive any number of processes', async () => {
    await world.nats.kill()
    const queues = Array.from({ length: 6 }, (_, index) => world.open(`early-${index}`))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(queues.map((queue) => queue.status().state)).toEqual(Array(6).fill('down'))
    const row = await world.enqueue('instance.start', await payload(), {
      host: 'early',
      createdAt: longAgo(),
    })
    queues[0]!.relay.kick([row])
    await world.nats.restart({ emptyStore: true })
    await Promise.all(queues.map((queue) => queue.bus.ready()))
    const { jsm } = await queues[5]!.bus.ready()
    const names = (await jsm.streams.list().next()).map(({ config }) => config.name)
    expect(names.sort()).toEqual(['DEAD', 'EVENTS', 'JOBS'])
    await queues[0]!.relay.sweep()
    expect(await stored(queues[0]!, row.subject)).toBe(1)
  })
})
