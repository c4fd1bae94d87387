import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SequencedEvent } from '../catalogue/events.ts'
import { InjectedFailure } from '../testing/saga.ts'
import { startTestWorld, type TestWorld, until } from '../testing/world.ts'
import type { Saga } from './define.ts'
import { sagaJobHandler } from './handler.ts'
import { cancelSubject } from './tools.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.stop())

let hosts = 0
const worker = async (saga: Saga, backoffMs = [30, 30]) => {
  const host = `host${++hosts}`
  const queue = world.open(`worker-${host}`, { host })
  queue.consume({ role: 'compute', host, handlers: { 'instance.create': sagaJobHandler(saga) }, backoffMs })
  await queue.bus.ready()
  const begin = async () => {
    const operationId = await world.operation({ projectId: 'p' })
    queue.relay.kick([await world.enqueue('instance.create', { operationId, instanceId: newId() }, { host })])
    return operationId
  }
  return { host, queue, begin }
}
const read = (id: string) =>
  world.db.operation.findUniqueOrThrow({
    where: { id },
    include: { steps: { orderBy: { position: 'asc' } } },
  })
const ended = (id: string, status: string, timeoutMs?: number) =>
  until(async () => (await read(id)).status === status, timeoutMs, `status ${status}`)

describe('a saga behind the queue', () => {
  it('tells its whole course to those who follow events', async () => {
    const hub = world.open('web').hub()
    await until(() => hub.status().live)
    const events: SequencedEvent[] = []
    hub.subscribe(
      ({ noun }) => noun === 'operation',
      undefined,
      (message) => {
        if (message.type === 'event') events.push(message.event)
      },
    )
    const { host, begin } = await worker({
      name: 'test',
      load: async () => ({}),
      steps: [
        {
          name: 'copy',
          run: async ({ progress }) => {
            progress('Copying (1 of 2 MiB)', 50)
            await until(() => events.some(({ change }) => change === 'progress'))
            return undefined
          },
        },
      ],
    })
    const id = await begin()
    await until(() => events.some(({ data }) => (data as { status: string }).status === 'succeeded'))
    expect(events.map(({ change, data }) => [change, (data as { status: string }).status])).toEqual([
      ['updated', 'running'],
      ['progress', 'running'],
      ['updated', 'succeeded'],
    ])
    expect(events[1]).toMatchObject({
      id,
      audience: { kind: 'project', projectId: 'p' },
      data: { id, progress: 50, message: 'Copying (1 of 2 MiB)', endedAt: null },
    })
    expect((await read(id)).steps[0]?.host).toBe(host)
  })

  it('stops inside a step when a cancellation is announced', async () => {
    let undone = false
    const { queue, begin } = await worker({
      name: 'test',
      load: async () => ({}),
      steps: [
        {
          name: 'forever',
          run: ({ signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason))
            }),
          undo: async () => {
            undone = true
          },
        },
      ],
    })
    const id = await begin()
    await ended(id, 'running')
    const asked = Date.now()
    queue.relay.kick([{ id: newId(), channel: 'live', subject: cancelSubject(id), payload: {}, headers: {} }])
    await ended(id, 'cancelled')
    expect(Date.now() - asked).toBeLessThan(2_000)
    expect(undone).toBe(true)
  })

  it('records loudly what could not be undone, after its last delivery', async () => {
    let undos = 0
    const failures: string[] = []
    const { begin } = await worker({
      name: 'test',
      load: async () => ({}),
      steps: [
        {
          name: 'plug',
          run: () => Promise.reject(new InjectedFailure('plug')),
          undo: async () => {
            undos++
            throw new Error('device is busy')
          },
        },
      ],
      fail: async (_state, { code }) => void failures.push(code),
    })
    const id = await begin()
    await ended(id, 'failed')
    expect(undos).toBe(3)
    expect(failures).toEqual(['driver_failed'])
    const operation = await read(id)
    expect(operation).toMatchObject({ errorCode: 'driver_failed', errorDetail: { undoFailed: ['plug'] } })
    expect(operation.steps[0]?.status).toBe('undo_failed')
  })

  it('is given up, undone, when what it is about cannot be read at all', async () => {
    const { begin } = await worker({
      name: 'test',
      load: () => Promise.reject(new Error('broken row')),
      steps: [{ name: 'never', run: async () => undefined }],
    })
    const id = await begin()
    await ended(id, 'failed')
    expect(await read(id)).toMatchObject({ errorCode: 'internal', steps: [] })
  })

  it('goes on in another process after its own was killed', async () => {
    const host = `host${++hosts}`
    const operationId = await world.operation()
    const script = fileURLToPath(new URL('../testing/doomed-worker.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: {
        ...process.env,
        TEST_DATABASE_URL: world.databaseUrl,
        TEST_NATS_URL: world.nats.url,
        TEST_HOST: host,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    try {
      const queue = world.open('sender')
      await queue.bus.ready()
      queue.relay.kick([
        await world.enqueue('instance.create', { operationId, instanceId: newId() }, { host }),
      ])
      await until(async () => (await read(operationId)).steps[1]?.status === 'running', 20_000, 'second step')
      child.kill('SIGKILL')
      await exited
    } finally {
      child.kill('SIGKILL')
    }
    const runs: string[] = []
    const queue = world.open('successor', { host })
    // The dead worker's delivery comes back after its ack wait; a new message stands for it here, so that the test is
    // quick: whichever comes first finds the lease of the dead one.
    queue.consume({
      role: 'compute',
      host,
      handlers: {
        'instance.create': sagaJobHandler({
          name: 'test',
          load: async () => ({}),
          steps: ['first', 'second', 'third'].map((name) => ({
            name,
            run: async ({ outputs }) => {
              runs.push(name)
              return `${name} after ${Object.keys(outputs).length}`
            },
          })),
        }),
      },
    })
    await queue.bus.ready()
    queue.relay.kick([await world.enqueue('instance.create', { operationId, instanceId: newId() }, { host })])
    await ended(operationId, 'succeeded', 25_000)
    expect(runs).toEqual(['second', 'third'])
    const operation = await read(operationId)
    expect(operation).toMatchObject({ attempt: 2, leaseToken: 2 })
    expect(operation.steps.map(({ output }) => output)).toEqual([
      'first of the doomed',
      'second after 1',
      'third after 2',
    ])
  }, 60_000)
})
