import type { Db, OperationStatus } from '@nephos/db'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Saga, Step } from '../saga/define.ts'
import { SimulatedCrash } from '../saga/errors.ts'
import { type RunOptions, runSaga } from '../saga/run.ts'
import type { SagaTools } from '../saga/tools.ts'

/** What a saga is tested on: made anew for every case. */
export interface SagaFixture {
  db: Db
  /** A queued operation of the saga. */
  operationId: string
  /** Removes what the fixture made, if the next one could stumble over it. */
  cleanup?: () => Promise<void>
}

/** How to test one saga. */
export interface SagaTest<S, F extends SagaFixture> {
  /** Makes the resource, the operation and whatever the steps need. */
  setup: () => Promise<F>
  /** Fails when anything is left over after the saga was undone. */
  assertClean: (fixture: F) => Promise<void> | void
  /** Fails when the result is not what the saga is for. */
  assertDone?: (fixture: F) => Promise<void> | void
  /** The saga bound to this fixture, when it is not one and the same for all. */
  sagaFor?: (fixture: F) => Saga<S>
  /** Names of steps after which there is no way back, so that a failure there is not undone (deletes). */
  pointOfNoReturn?: string
}

/** The typed failure that the tests inject. */
export class InjectedFailure extends Error {
  readonly code = 'driver_failed'
  constructor(step: string) {
    super(`injected failure in ${step}`)
  }
}

type Change<S> = (step: Step<S>, index: number) => Partial<Step<S>>

const changed = <S>(saga: Saga<S>, change: Change<S>): Saga<S> => ({
  ...saga,
  steps: saga.steps.map((step, index) => ({ ...step, ...change(step, index) })),
})
const at = <S>(index: number, change: (step: Step<S>) => Partial<Step<S>>): Change<S> => {
  return (step, position) => (position === index ? change(step) : {})
}

/** Tools for running a saga without NATS. `flushMs: 0` writes every step at once. */
export function testTools(db: Db, options: Partial<SagaTools> = {}): SagaTools {
  return {
    db,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
    owner: `test:${process.pid}`,
    announce: () => {},
    publish: async () => {},
    onCancel: () => () => {},
    ...options,
  }
}

/**
 * The generic tests that every saga must pass; call it in a test file. Each step executed twice; a failure injected
 * before and after each step in turn, with each undo executed twice, after which nothing may be left over; a crash
 * after each step, with and without its steps written, after which another process finishes the work; a cancellation
 * at each step.
 */
export function testSaga<S, F extends SagaFixture>(saga: Saga<S>, test: SagaTest<S, F>): void {
  const names = saga.steps.map((step) => step.name)
  const limit = test.pointOfNoReturn ? names.indexOf(test.pointOfNoReturn) + 1 : names.length

  const withFixture = async (work: (fixture: F, saga: Saga<S>) => Promise<void>) => {
    const fixture = await test.setup()
    try {
      await work(fixture, test.sagaFor?.(fixture) ?? saga)
    } finally {
      await fixture.cleanup?.()
    }
  }
  const run = (fixture: F, variant: Saga<S>, options: RunOptions = {}, tools: Partial<SagaTools> = {}) =>
    runSaga(testTools(fixture.db, tools), variant, fixture.operationId, { last: true, ...options })
  const expectEnd = async (fixture: F, status: OperationStatus, errorCode: string | null) => {
    const operation = await fixture.db.operation.findUniqueOrThrow({ where: { id: fixture.operationId } })
    expect({
      status: operation.status,
      errorCode: operation.errorCode,
      detail: operation.errorDetail,
      holder: operation.leaseOwner,
      ended: operation.endedAt !== null,
    }).toEqual({ status, errorCode, detail: null, holder: null, ended: true })
  }
  const expectDone = async (fixture: F) => {
    await expectEnd(fixture, 'succeeded', null)
    await test.assertDone?.(fixture)
  }
  const expectUndone = async (fixture: F) => {
    await expectEnd(fixture, 'failed', 'driver_failed')
    await test.assertClean(fixture)
  }
  const twice = (step: Step<S>): Partial<Step<S>> => ({
    undo:
      step.undo &&
      (async (context) => {
        await step.undo?.(context)
        await step.undo?.(context)
      }),
  })
  // What the process that crashed was just writing must not renew its lease: here it lives on.
  const loseLease = (fixture: F) =>
    fixture.db.operation.update({
      where: { id: fixture.operationId },
      data: { leaseExpiresAt: new Date(0), leaseToken: { increment: 1 } },
    })

  describe(`saga ${saga.name}`, () => {
    it('has steps with different names', () => {
      expect(new Set(names).size).toBe(names.length)
      expect(names.length).toBeGreaterThan(0)
    })

    it('succeeds when each step is executed twice', () =>
      withFixture(async (fixture, own) => {
        const repeated = changed(own, (step) => ({
          run: async (context) => {
            await step.run(context)
            return step.run(context)
          },
        }))
        await run(fixture, repeated)
        await expectDone(fixture)
      }))

    for (const [index, name] of names.slice(0, limit).entries()) {
      it(`leaves nothing over when ${name} fails before it did anything`, () =>
        withFixture(async (fixture, own) => {
          const failing = changed(own, (step, position) =>
            position === index
              ? { ...twice(step), run: () => Promise.reject(new InjectedFailure(name)) }
              : twice(step),
          )
          await run(fixture, failing)
          await expectUndone(fixture)
        }))

      it(`leaves nothing over when ${name} fails after it did everything`, () =>
        withFixture(async (fixture, own) => {
          const failing = changed(own, (step, position) => ({
            ...twice(step),
            ...(position === index && {
              run: async (context) => {
                await step.run(context)
                throw new InjectedFailure(name)
              },
            }),
          }))
          await run(fixture, failing)
          await expectUndone(fixture)
        }))

      if (saga.cancellable !== false)
        it(`leaves nothing over when it is cancelled during ${name}`, () =>
          withFixture(async (fixture, own) => {
            let cancel = () => {}
            const cancelled = changed(
              own,
              at<S>(index, (step) => ({
                run: async (context) => {
                  cancel()
                  return step.run(context)
                },
              })),
            )
            const onCancel = (_id: string, listener: () => void) => {
              cancel = listener
              return () => {}
            }
            await run(fixture, cancelled, {}, { onCancel })
            await expectEnd(fixture, 'cancelled', 'cancelled')
            await test.assertClean(fixture)
          }))
    }

    for (const [index, name] of names.entries())
      for (const [how, flushMs] of [
        ['with its steps written', 0],
        ['with nothing written', 60_000],
      ] as const)
        it(`is finished by another process after a crash in ${name}, ${how}`, () =>
          withFixture(async (fixture, own) => {
            const crashing = changed(
              own,
              at<S>(index, (step) => ({
                run: async (context) => {
                  if (flushMs === 0) await new Promise((resolve) => setTimeout(resolve, 20))
                  await step.run(context)
                  throw new SimulatedCrash()
                },
              })),
            )
            await expect(run(fixture, crashing, {}, { flushMs })).rejects.toBeInstanceOf(SimulatedCrash)
            await loseLease(fixture)
            await run(fixture, own, {}, { owner: 'test:another' })
            await expectDone(fixture)
          }))

    for (const [index, name] of names.slice(0, limit).entries())
      it(`leaves nothing over when undoing crashes at ${name} and another process goes on`, () =>
        withFixture(async (fixture, own) => {
          let crashed = false
          const last = limit - 1
          const crashing = changed(own, (step, position) => ({
            ...(position === last && {
              run: async (context) => {
                await step.run(context)
                throw new InjectedFailure(step.name)
              },
            }),
            ...(position === index && {
              undo: async (context) => {
                await step.undo?.(context)
                crashed = true
                throw new SimulatedCrash()
              },
            }),
          }))
          await expect(run(fixture, crashing)).rejects.toBeInstanceOf(SimulatedCrash)
          expect(crashed).toBe(true)
          await loseLease(fixture)
          await run(fixture, own, {}, { owner: 'test:another' })
          await expectUndone(fixture)
        }))
  })
}
