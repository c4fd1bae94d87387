import { newId, openDb } from '@nephos/db'
import { createTestDatabase } from '@nephos/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InjectedFailure, type SagaFixture, testSaga, testTools } from '../testing/saga.ts'
import { RetryLater, type Saga } from './define.ts'
import { Interrupted, LeaseLost } from './errors.ts'
import { runSaga } from './run.ts'

let db: ReturnType<typeof openDb>
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await createTestDatabase()
  drop = database.drop
  db = openDb(database.url)
})
afterAll(async () => {
  await db.$disconnect()
  await drop()
})

interface Fixture extends SagaFixture {
  /** What the steps made and what is visible of the result. */
  made: Set<string>
  ended: string[]
}

const newOperation = async () => {
  const id = newId()
  await db.operation.create({
    data: { id, kind: 'test', requestId: `req-${id}`, resourceType: 'thing', resourceId: newId(), input: {} },
  })
  return id
}

const setup = async (): Promise<Fixture> => ({
  db,
  operationId: await newOperation(),
  made: new Set(),
  ended: [],
})

const stepNames = ['reserve', 'copy', 'wire', 'start', 'announce']

/** Each step needs what the one before it returned, so lost outputs show. */
const sagaFor = (fixture: Fixture): Saga<Fixture> => ({
  name: 'test',
  firstPosition: 1,
  load: async () => fixture,
  steps: stepNames.map((name, index) => ({
    name,
    run: async ({ outputs }) => {
      const before = stepNames[index - 1]
      if (before && outputs[before] !== `made ${before}`) throw new InjectedFailure(`no output of ${before}`)
      fixture.made.add(name)
      return `made ${name}`
    },
    undo: async () => {
      fixture.made.delete(name)
    },
  })),
  succeed: async () => {
    fixture.ended.push('succeeded')
  },
  fail: async (_state, failure) => {
    fixture.ended.push(failure.code)
  },
})

const blank: Fixture = { db: undefined as never, operationId: '', made: new Set(), ended: [] }
testSaga<Fixture, Fixture>(sagaFor(blank), {
  setup,
  sagaFor,
  assertClean: (fixture) => {
    expect([...fixture.made]).toEqual([])
    expect(fixture.ended.length).toBe(1)
  },
  assertDone: (fixture) => {
    expect([...fixture.made]).toEqual(stepNames)
    expect(fixture.ended).toEqual(['succeeded'])
  },
})

const read = (id: string) =>
  db.operation.findUniqueOrThrow({ where: { id }, include: { steps: { orderBy: { position: 'asc' } } } })

const oneStep = (run: Saga['steps'][number]['run'], more: Partial<Saga> = {}): Saga => ({
  name: 'test',
  load: async () => ({}),
  steps: [{ name: 'only', run }],
  ...more,
})

describe('the saga runtime', () => {
  it('takes few queries for a saga of quick steps', async () => {
    const fixture = await setup()
    const counted: string[] = []
    const counting = db.$extends({
      query: {
        $allOperations: ({ model, operation, args, query }) => {
          counted.push(model ? `${model}.${operation}` : operation)
          return query(args)
        },
      },
    }) as unknown as typeof db
    await runSaga(testTools(counting), sagaFor(fixture), fixture.operationId)
    // The lease, the steps before the result becomes visible, the end.
    expect(counted).toEqual(['Operation.update', '$queryRawUnsafe', '$queryRawUnsafe'])
    const operation = await read(fixture.operationId)
    expect(operation).toMatchObject({ status: 'succeeded', progress: 100, attempt: 1, leaseToken: 1 })
    expect(operation.startedAt).not.toBeNull()
    expect(operation.steps.map((step) => [step.position, step.name, step.status])).toEqual(
      stepNames.map((name, index) => [index + 1, name, 'done']),
    )
  })

  it('shows a slow step while it runs, and its progress', async () => {
    const id = await newOperation()
    let go = () => {}
    const slow = oneStep(async ({ progress }) => {
      progress('Copying (1 of 2 MiB)', 50)
      await new Promise<void>((resolve) => {
        go = resolve
      })
      return undefined
    })
    const running = runSaga(testTools(db), slow, id)
    await expect.poll(async () => (await read(id)).steps[0]?.status).toBe('running')
    expect(await read(id)).toMatchObject({ status: 'running', progress: 50, message: 'Copying (1 of 2 MiB)' })
    go()
    await running
    expect(await read(id)).toMatchObject({ status: 'succeeded', message: '' })
  })

  it('writes progress at most four times a second', async () => {
    const id = await newOperation()
    const seen: string[] = []
    const busy = oneStep(async ({ progress }) => {
      for (let percent = 0; percent < 100; percent++) {
        progress(`Copying ${percent}`, percent)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return undefined
    })
    await runSaga(testTools(db, { announce: (event) => seen.push(event.change) }), busy, id)
    const progress = seen.filter((change) => change === 'progress').length
    expect(progress).toBeGreaterThanOrEqual(2)
    expect(progress).toBeLessThanOrEqual(8)
  })

  it('is refused while another process is at it', async () => {
    const id = await newOperation()
    let go = () => {}
    const waiting = oneStep(
      () =>
        new Promise((resolve) => {
          go = () => resolve(undefined)
        }),
    )
    const first = runSaga(testTools(db), waiting, id)
    await expect.poll(async () => (await read(id)).leaseOwner).not.toBeNull()
    await expect(runSaga(testTools(db, { owner: 'other' }), waiting, id)).rejects.toBeInstanceOf(RetryLater)
    go()
    await first
  })

  it('refuses every write of a holder whose lease was taken over', async () => {
    const id = await newOperation()
    let go = () => {}
    let aborted = false
    const failed: string[] = []
    const old = oneStep(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true
          })
          go = () => resolve('stale')
        }),
      { fail: async () => void failed.push('old'), succeed: async () => void failed.push('old succeeded') },
    )
    const oldRun = runSaga(testTools(db, { owner: 'old', leaseMs: 600 }), old, id)
    const oldEnd = expect(oldRun).rejects.toBeInstanceOf(LeaseLost)
    await expect.poll(async () => (await read(id)).steps.length).toBe(1)
    // As if the old holder had slept through its lease.
    await db.operation.update({ where: { id }, data: { leaseExpiresAt: new Date(0) } })
    await runSaga(
      testTools(db, { owner: 'new' }),
      oneStep(async () => 'fresh'),
      id,
    )
    await expect.poll(() => aborted).toBe(true)
    go()
    await oldEnd
    const operation = await read(id)
    expect(operation).toMatchObject({ status: 'succeeded', leaseToken: 2 })
    expect(operation.steps[0]).toMatchObject({ status: 'done', output: 'fresh', attempt: 2 })
    expect(failed).toEqual([])
  })

  it('stays resumable when the process is asked to end', async () => {
    const fixture = await setup()
    const ending = new AbortController()
    const saga = sagaFor(fixture)
    const runs: string[] = []
    const interrupted: Saga<Fixture> = {
      ...saga,
      steps: saga.steps.map((step) => ({
        ...step,
        run: async (context) => {
          runs.push(step.name)
          if (step.name === 'wire') {
            ending.abort()
            context.signal.throwIfAborted()
          }
          return step.run(context)
        },
      })),
    }
    await expect(
      runSaga(testTools(db), interrupted, fixture.operationId, { signal: ending.signal }),
    ).rejects.toBeInstanceOf(Interrupted)
    expect(await read(fixture.operationId)).toMatchObject({ status: 'running', leaseOwner: null })
    expect(fixture.made.size).toBe(2)
    await runSaga(testTools(db), saga, fixture.operationId)
    expect(runs).toEqual(['reserve', 'copy', 'wire'])
    expect([...fixture.made]).toEqual(stepNames)
    expect(await read(fixture.operationId)).toMatchObject({ status: 'succeeded', attempt: 2 })
  })

  it('hears a cancellation that only the database knows of', async () => {
    const id = await newOperation()
    const saga = oneStep(async ({ signal, progress }) => {
      for (let round = 0; !signal.aborted; round++) {
        progress(`round ${round}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('stopped')
    })
    const running = runSaga(testTools(db), saga, id)
    await expect.poll(async () => (await read(id)).status).toBe('running')
    await db.operation.update({ where: { id }, data: { cancelRequested: true } })
    await running
    expect(await read(id)).toMatchObject({ status: 'cancelled', errorCode: 'cancelled' })
  })

  it('does not begin what was cancelled while it was queued', async () => {
    const fixture = await setup()
    await db.operation.update({ where: { id: fixture.operationId }, data: { cancelRequested: true } })
    await runSaga(testTools(db), sagaFor(fixture), fixture.operationId)
    expect(fixture.ended).toEqual(['cancelled'])
    expect(await read(fixture.operationId)).toMatchObject({ status: 'cancelled', steps: [] })
  })

  it('does not heed a cancellation of work that must go on', async () => {
    const fixture = await setup()
    await db.operation.update({ where: { id: fixture.operationId }, data: { cancelRequested: true } })
    await runSaga(testTools(db), { ...sagaFor(fixture), cancellable: false }, fixture.operationId)
    expect(await read(fixture.operationId)).toMatchObject({ status: 'succeeded' })
  })

  it('says why a person sees a typed failure, and hides the words of an untyped one', async () => {
    const [typed, untyped] = [await newOperation(), await newOperation()]
    await runSaga(
      testTools(db),
      oneStep(() => Promise.reject(new InjectedFailure('only'))),
      typed,
    )
    await runSaga(
      testTools(db),
      oneStep(() => Promise.reject(new Error('password is hunter2'))),
      untyped,
      { last: true },
    )
    expect(await read(typed)).toMatchObject({
      status: 'failed',
      errorCode: 'driver_failed',
      errorMessage: 'injected failure in only',
    })
    const operation = await read(untyped)
    expect(operation).toMatchObject({ status: 'failed', errorCode: 'internal' })
    expect(JSON.stringify(operation)).not.toContain('hunter2')
  })

  it('tries an untyped error again, and what is unavailable until the last delivery', async () => {
    const [untyped, unavailable] = [await newOperation(), await newOperation()]
    const broken = oneStep(() => Promise.reject(new Error('connection reset')))
    await expect(runSaga(testTools(db), broken, untyped)).rejects.toThrow('connection reset')
    expect(await read(untyped)).toMatchObject({ status: 'running', leaseOwner: null })
    await expect(runSaga(testTools(db), broken, untyped)).rejects.toThrow('connection reset')
    await runSaga(testTools(db), broken, untyped)
    expect(await read(untyped)).toMatchObject({ status: 'failed', errorCode: 'internal', attempt: 3 })

    const away = oneStep(() =>
      Promise.reject(Object.assign(new Error('The network worker is not running.'), { code: 'unavailable' })),
    )
    for (let round = 0; round < 4; round++)
      await expect(runSaga(testTools(db), away, unavailable)).rejects.toThrow('not running')
    expect(await read(unavailable)).toMatchObject({
      status: 'running',
      message: 'Waiting: The network worker is not running.',
    })
    await runSaga(testTools(db), away, unavailable, { last: true })
    expect(await read(unavailable)).toMatchObject({ status: 'failed', errorCode: 'unavailable' })
  })

  it('undoes nothing when a step asks to be tried later', async () => {
    const fixture = await setup()
    const saga = sagaFor(fixture)
    let ready = false
    const waiting: Saga<Fixture> = {
      ...saga,
      steps: saga.steps.map((step) => ({
        ...step,
        run: async (context) => {
          if (step.name === 'copy' && !ready) throw new RetryLater('the image is being saved', 1_000)
          return step.run(context)
        },
      })),
    }
    await expect(runSaga(testTools(db), waiting, fixture.operationId)).rejects.toBeInstanceOf(RetryLater)
    expect([...fixture.made]).toEqual(['reserve'])
    ready = true
    await runSaga(testTools(db), waiting, fixture.operationId)
    expect(await read(fixture.operationId)).toMatchObject({ status: 'succeeded' })
  })

  it('tries undoing again, and names what could not be undone after the last delivery', async () => {
    const fixture = await setup()
    const saga = sagaFor(fixture)
    const stuck: Saga<Fixture> = {
      ...saga,
      steps: saga.steps.map((step) => ({
        ...step,
        ...(step.name === 'copy' && { undo: () => Promise.reject(new Error('device is busy')) }),
        ...(step.name === 'start' && { run: () => Promise.reject(new InjectedFailure('start')) }),
      })),
    }
    await expect(runSaga(testTools(db), stuck, fixture.operationId)).rejects.toThrow('device is busy')
    const between = await read(fixture.operationId)
    expect(between).toMatchObject({ status: 'undoing', errorCode: 'driver_failed', leaseOwner: null })
    expect(between.steps.map((step) => step.status)).toEqual(['done', 'undo_failed', 'undone', 'failed'])
    expect(fixture.ended).toEqual([])
    await runSaga(testTools(db), stuck, fixture.operationId, { last: true })
    const operation = await read(fixture.operationId)
    expect(operation).toMatchObject({ status: 'failed', errorDetail: { undoFailed: ['copy'] } })
    expect(operation.steps.map((step) => step.status)).toEqual(['undone', 'undo_failed', 'undone', 'failed'])
    expect([...fixture.made]).toEqual(['copy'])
    expect(fixture.ended).toEqual(['driver_failed'])
  })

  it('knows that it was done when it died between the result and the end', async () => {
    const fixture = await setup()
    let visible = false
    const saga: Saga<Fixture> = {
      ...sagaFor(fixture),
      load: async () => (visible ? null : fixture),
      succeed: async () => {
        visible = true
      },
    }
    const broken = { ...testTools(db), db: dyingAfterSucceed(() => visible) }
    await expect(runSaga(broken, saga, fixture.operationId)).rejects.toThrow('database is gone')
    await db.operation.update({ where: { id: fixture.operationId }, data: { leaseExpiresAt: new Date(0) } })
    await runSaga(testTools(db), saga, fixture.operationId)
    expect(await read(fixture.operationId)).toMatchObject({ status: 'succeeded', progress: 100 })
  })

  it('ends as cancelled when what it is about is gone', async () => {
    const id = await newOperation()
    await runSaga(
      testTools(db),
      oneStep(async () => undefined, { load: async () => null }),
      id,
    )
    expect(await read(id)).toMatchObject({ status: 'cancelled', errorCode: 'cancelled' })
  })

  it('does nothing for an operation that has ended, but tells again that it has', async () => {
    const id = await newOperation()
    const saga = oneStep(async () => undefined)
    await runSaga(testTools(db), saga, id)
    const before = await read(id)
    const told: unknown[] = []
    await runSaga(testTools(db, { publish: async (event) => void told.push(event.data) }), saga, id)
    expect(await read(id)).toEqual(before)
    expect(told).toMatchObject([{ id, status: 'succeeded', kind: 'test' }])
  })
})

/** A client whose writes fail from the moment on at which the result is visible. */
const dyingAfterSucceed = (dead: () => boolean) =>
  db.$extends({
    query: {
      $allOperations: ({ args, query }) => {
        if (dead()) throw new Error('the database is gone')
        return query(args)
      },
    },
  }) as unknown as typeof db
