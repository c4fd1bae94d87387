import { newId } from '@nephos/db'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type JobName, jobSubject } from '../catalogue/jobs.ts'
import { RetryLater } from '../saga/define.ts'
import { Interrupted } from '../saga/errors.ts'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'
import type { Consumption } from './consume.ts'
import type { JobHandlers } from './handler.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

const consumptions: Consumption[] = []
afterEach(async () => {
  await Promise.all(consumptions.splice(0).map((consumption) => consumption.stop()))
})

let hosts = 0
/** A worker of a host of its own, so that tests do not see each other's jobs. */
const worker = (
  handlers: JobHandlers,
  more: { concurrency?: number; backoffMs?: number[]; graceMs?: number } = {},
) => {
  const host = `host${++hosts}`
  const queue = world.open(`worker-${host}`, { host })
  const begin = () => {
    const consumption = queue.consume({ role: 'compute', host, handlers, ...more })
    consumptions.push(consumption)
    return consumption
  }
  return { host, queue, begin, consumption: begin() }
}
const send = async (
  queue: ReturnType<typeof worker>['queue'],
  name: JobName,
  host: string,
  operationId: string,
) => {
  await queue.bus.ready()
  queue.relay.kick([await world.enqueue(name, { operationId, instanceId: newId() }, { host })])
}
const jobsLeft = async () => {
  const { jsm } = await world.open('look').bus.ready()
  return (await jsm.streams.info('JOBS')).state.messages
}
const deadLetter = async (subject: string) => {
  const { jsm } = await world.open('look').bus.ready()
  return jsm.streams.getMessage('DEAD', { last_by_subj: `dead.${subject}` })
}
const read = (id: string) => world.db.operation.findUniqueOrThrow({ where: { id } })

describe('jobs', () => {
  it('reach the worker of their host, once, with what they carry', async () => {
    const seen: unknown[] = []
    const { host, queue } = worker({
      'instance.start': {
        run: async ({ payload, requestId, deliveries, last }) => {
          seen.push({ payload, requestId, deliveries, last })
        },
      },
    })
    const other = worker({ 'instance.start': { run: async () => void seen.push('wrong host') } })
    await other.queue.bus.ready()
    const operationId = await world.operation()
    await send(queue, 'instance.start', host, operationId)
    await until(() => seen.length > 0)
    await until(async () => (await jobsLeft()) === 0)
    expect(seen).toMatchObject([
      { payload: { operationId }, requestId: 'req-test', deliveries: 1, last: false },
    ])
  })

  it('come again after a failure, after the wait of the catalogue', async () => {
    const times: number[] = []
    const { host, queue } = worker(
      {
        'instance.stop': {
          run: async () => {
            times.push(Date.now())
            if (times.length < 3) throw new Error('not yet')
          },
        },
      },
      { backoffMs: [200, 400, 800] },
    )
    await send(queue, 'instance.stop', host, await world.operation())
    await until(() => times.length === 3)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(190)
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(390)
    await until(async () => (await jobsLeft()) === 0)
  })

  it('run as many at once as was said, and wait in the queue otherwise', async () => {
    let running = 0
    let most = 0
    let done = 0
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const { host, queue, consumption } = worker(
      {
        'instance.reboot': {
          run: async () => {
            most = Math.max(most, ++running)
            await gate
            running--
            done++
          },
        },
      },
      { concurrency: 3 },
    )
    for (let index = 0; index < 20; index++)
      await send(queue, 'instance.reboot', host, await world.operation())
    await until(() => consumption.running() === 3)
    const { jsm } = await queue.bus.ready()
    expect((await jsm.consumers.info('JOBS', `compute-${host}`)).num_ack_pending).toBeLessThanOrEqual(4)
    open()
    await until(() => done === 20)
    expect(most).toBe(3)
  })

  it.each([
    [
      'an invalid payload',
      { operationId: undefined as string | undefined, instanceId: 'not a uuid' },
      undefined,
    ],
    ['an unknown version', { operationId: undefined as string | undefined, instanceId: newId() }, 99],
  ])('with %s end as dead letters and failed operations', async (_what, payload, version) => {
    const { host, queue } = worker({ 'instance.start': { run: async () => {} } })
    await queue.bus.ready()
    const operationId = await world.operation()
    const row = await world.enqueue('instance.start', { ...payload, operationId }, { host, version })
    queue.relay.kick([row])
    await until(async () => (await read(operationId)).status === 'failed')
    expect(await read(operationId)).toMatchObject({ errorCode: 'internal', leaseOwner: null })
    expect((await read(operationId)).errorMessage).toMatch(/instanceId|version/)
    await until(async () => (await deadLetter(row.subject)) !== null)
    const letter = await deadLetter(row.subject)
    expect(letter?.json()).toEqual(row.payload)
    expect(letter?.header.get('Nephos-Dead-Reason')).toMatch(/instanceId|version/)
    expect(letter?.header.get('Nephos-Request-Id')).toBe('req-test')
    await until(async () => (await jobsLeft()) === 0)
  })

  it('of an unknown name, and what is no JSON at all, end as dead letters', async () => {
    const { host, queue } = worker({ 'instance.start': { run: async () => {} } })
    const { js } = await queue.bus.ready()
    const operationId = await world.operation()
    const unknown = `job.compute.${host}.instance.teleport`
    await js.publish(unknown, JSON.stringify({ operationId }))
    await js.publish(jobSubject('instance.start', host), '{"operationId":')
    await until(async () => (await read(operationId)).status === 'failed')
    await until(async () => (await jobsLeft()) === 0)
    expect((await deadLetter(unknown))?.header.get('Nephos-Dead-Reason')).toContain('instance.teleport')
    expect(
      (await deadLetter(jobSubject('instance.start', host)))?.header.get('Nephos-Dead-Reason'),
    ).toContain('not JSON')
  })

  it('that fail every time end as dead letters, after their handler was told to give up', async () => {
    let runs = 0
    const lasts: boolean[] = []
    const given: unknown[] = []
    const { host, queue } = worker(
      {
        'instance.start': {
          run: async ({ last }) => {
            runs++
            lasts.push(last)
            throw new Error('secret words')
          },
          giveUp: async (_delivery, failure, undo) => void given.push({ code: failure.code, undo }),
        },
      },
      { backoffMs: [20, 20] },
    )
    const operationId = await world.operation()
    await send(queue, 'instance.start', host, operationId)
    await until(async () => (await read(operationId)).status === 'failed')
    expect({ runs, lasts, given }).toEqual({
      runs: 3,
      lasts: [false, false, true],
      given: [{ code: 'internal', undo: true }],
    })
    await until(async () => (await jobsLeft()) === 0)
    expect((await read(operationId)).errorMessage).not.toContain('secret')
    expect((await deadLetter(jobSubject('instance.start', host)))?.header.get('Nephos-Dead-Deliveries')).toBe(
      '3',
    )
  })

  it('whose worker died at the last delivery are ended by the next worker', async () => {
    const { host, queue, consumption } = worker({ 'instance.start': { run: async () => {} } })
    await queue.bus.ready()
    await until(async () => {
      const { jsm } = await queue.bus.ready()
      return (await jsm.consumers.list('JOBS').next()).some(({ name }) => name === `compute-${host}`)
    })
    await consumption.stop()
    const operationId = await world.operation()
    await send(queue, 'instance.start', host, operationId)
    // Deliveries that nobody answered, as those of dead processes; the queue is told to give them out again at once.
    const { js } = await queue.bus.ready()
    const consumer = await js.consumers.get('JOBS', `compute-${host}`)
    for (let delivery = 1; delivery <= 2; delivery++) (await consumer.next({ expires: 5_000 }))?.nak()
    const given: unknown[] = []
    let runs = 0
    consumptions.push(
      queue.consume({
        role: 'compute',
        host,
        backoffMs: [20],
        handlers: {
          'instance.start': {
            run: async () => void runs++,
            giveUp: async (_delivery, failure, undo) => void given.push({ message: failure.message, undo }),
          },
        },
      }),
    )
    await until(async () => (await read(operationId)).status === 'failed')
    expect(runs).toBe(0)
    expect(given).toEqual([{ message: 'The work was begun 2 times and never came to an end.', undo: true }])
    await until(async () => (await jobsLeft()) === 0)
  })

  it('may wait as often as they need without using up their deliveries', async () => {
    let runs = 0
    const { host, queue } = worker(
      {
        'instance.start': {
          run: async () => {
            if (++runs < 6) throw new RetryLater('the instance is busy', 50)
          },
        },
      },
      { backoffMs: [10] },
    )
    const operationId = await world.operation()
    await send(queue, 'instance.start', host, operationId)
    await until(() => runs === 6)
    await until(async () => (await jobsLeft()) === 0)
    expect((await read(operationId)).status).toBe('queued')
    expect(await deadLetter(jobSubject('instance.start', host))).toBeNull()
  })

  it('are handed back at once when their process ends in order', async () => {
    let interrupted = false
    const { host, queue, consumption } = worker({
      'instance.start': {
        run: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              interrupted = true
              reject(new Interrupted())
            })
          }),
      },
    })
    await send(queue, 'instance.start', host, await world.operation())
    await until(() => consumption.running() === 1)
    await consumption.stop()
    expect(interrupted).toBe(true)
    let deliveries = 0
    consumptions.push(
      queue.consume({
        role: 'compute',
        host,
        handlers: {
          'instance.start': {
            run: async (delivery) => {
              deliveries = delivery.deliveries
            },
          },
        },
      }),
    )
    await until(() => deliveries > 0, 3_000)
  })

  it('are all done when nats-server is killed in the middle of them', async () => {
    const done = new Map<string, number>()
    const { host, queue } = worker(
      {
        'instance.start': {
          run: async ({ payload }) => {
            await new Promise((resolve) => setTimeout(resolve, 20))
            done.set(payload.operationId, (done.get(payload.operationId) ?? 0) + 1)
          },
        },
      },
      { concurrency: 4 },
    )
    const ids: string[] = []
    for (let index = 0; index < 60; index++) ids.push(await world.operation())
    const sweeper = setInterval(() => void queue.relay.sweep().catch(() => 0), 300)
    try {
      for (const [index, operationId] of ids.entries()) {
        await world.enqueue('instance.start', { operationId, instanceId: newId() }, { host }).then((row) => {
          queue.relay.kick([row])
        })
        if (index === 30) await world.nats.kill()
      }
      expect(queue.status().state).toBe('down')
      await world.nats.restart()
      await until(() => done.size === ids.length, 20_000)
    } finally {
      clearInterval(sweeper)
    }
    await until(async () => (await world.db.outbox.count()) === 0)
    expect([...done.keys()].sort()).toEqual([...ids].sort())
  }, 40_000)
})
