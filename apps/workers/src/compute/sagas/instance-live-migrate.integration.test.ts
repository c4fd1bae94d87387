import {
  abortMigration,
  type Ctx,
  deleteInstance,
  forceCompleteMigration,
  liveMigrateInstance,
  NephosError,
} from '@nephos/core'
import { ctxFor } from '@nephos/core/testing'
import { RetryLater, runSaga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { named, run, startTwoHosts, type TwoHosts } from '../../testing/two-hosts.ts'
import { closeLeftMoves } from '../reconcilers/left-moves.ts'
import { destroyLeftBehind } from '../reconcilers/orphan-machines.ts'
import { instanceDelete } from './instance-delete.ts'
import { instanceLiveMigrate } from './instance-live-migrate.ts'
import type { MoveState } from './move.ts'

let two: TwoHosts
let admin: Ctx

beforeAll(async () => {
  two = await startTwoHosts()
  admin = ctxFor(two.cloud, { systemRole: 'admin' })
})
afterAll(() => two.close())

interface Fixture extends SagaFixture {
  id: string
  migrationId: string
}

/** A live migration that the scheduler has placed on the other host. */
async function placed(name = 'web', force = false): Promise<Fixture> {
  const id = await two.active(name)
  const asked = await liveMigrateInstance({ ctx: admin, input: { id, host: 'host2', force } })
  expect(asked.instance).toMatchObject({ taskState: 'migrating', status: 'MIGRATING' })
  expect(await two.place(id, asked.operationId)).toBeNull()
  return { db: two.cloud.db, id, operationId: asked.operationId, migrationId: asked.migrationId }
}

const saga = () => instanceLiveMigrate(two.hosts[0].deps)
const migrationOf = ({ migrationId }: Fixture) =>
  two.cloud.db.migration.findUniqueOrThrow({ where: { id: migrationId } })
const operationOf = ({ operationId }: Fixture) =>
  two.cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })

const moved = async (fixture: Fixture) => {
  const { id } = fixture
  const state = await two.state(id)
  expect(state).toMatchObject({ vmState: 'active', taskState: null, powerState: 1, faultMessage: null })
  expect(state.host?.name).toBe('host2')
  expect(state.allocations).toMatchObject([{ consumerId: id, host: { name: 'host2' } }])
  expect(await migrationOf(fixture)).toMatchObject({ status: 'completed', endedAt: expect.any(Date) })
  expect(await two.runsOn(id)).toEqual(['host2'])
  expect(await two.filesOn(id)).toEqual(['host2'])
  expect(await two.volumeOn(id)).toEqual(['host2'])
  expect(state.ports.every((port) => two.host('host2').network.wired.has(port.id))).toBe(true)
  expect(state.ports.some((port) => two.host('host1').network.wired.has(port.id))).toBe(false)
  expect(state.ports.some((port) => two.host('host1').network.copied.has(port.id))).toBe(false)
  await two.expectUsage()
}

const asBefore = async (fixture: Fixture) => {
  const { id } = fixture
  const state = await two.state(id)
  expect(state).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
  expect(state.host?.name).toBe('host1')
  expect(state.allocations).toMatchObject([{ consumerId: id, host: { name: 'host1' } }])
  expect((await migrationOf(fixture)).endedAt).not.toBeNull()
  expect(await two.runsOn(id)).toEqual(['host1'])
  expect(await two.filesOn(id)).toEqual(['host1'])
  expect(await two.volumeOn(id)).toEqual(['host1'])
  expect(state.ports.every((port) => two.host('host1').network.wired.has(port.id))).toBe(true)
  expect(state.ports.some((port) => two.host('host2').network.wired.has(port.id))).toBe(false)
  expect(state.ports.some((port) => two.host('host1').network.copied.has(port.id))).toBe(false)
  await two.expectUsage()
}

testSaga<MoveState, Fixture>(named(instanceLiveMigrate), {
  setup: () => placed(),
  sagaFor: saga,
  assertDone: moved,
  assertClean: asBefore,
  // The guest goes on there: what fails afterwards does not bring it back.
  pointOfNoReturn: 'switch-over',
})

describe('a live migration', () => {
  it('shows its bytes and how long the guest stood still', async () => {
    const fixture = await placed()
    await run(two.cloud, saga(), fixture.operationId)
    const { totalBytes, doneBytes, downtimeMs } = await migrationOf(fixture)
    expect(totalBytes).toBeGreaterThan(1_000_000n)
    expect(doneBytes).toBe(totalBytes)
    expect(downtimeMs).toBeGreaterThanOrEqual(0)
    expect(downtimeMs).toBeLessThan(10_000)
  })

  it('keeps a paused guest paused', async () => {
    const id = await two.active()
    await two.hosts[0].driver.holds.pause(id)
    await two.cloud.db.instance.update({ where: { id }, data: { vmState: 'paused', powerState: 3 } })
    const { operationId } = await liveMigrateInstance({ ctx: admin, input: { id } })
    expect(await two.place(id, operationId)).toBeNull()
    await run(two.cloud, saga(), operationId)
    expect(await two.state(id)).toMatchObject({
      vmState: 'paused',
      taskState: null,
      powerState: 3,
      host: { name: 'host2' },
    })
    expect(await two.runsOn(id)).toEqual([])
    expect((await two.hosts[1].driver.status(id)).powerState).toBe(3)
    expect(await two.filesOn(id)).toEqual(['host2'])
  })

  /** Runs the saga like a worker that hears of cancellations as they are written. */
  const begin = (fixture: Fixture, own = saga()) => {
    let cancel = () => {}
    const tools = testTools(two.cloud.db, {
      onCancel: (_id, listener) => {
        cancel = listener
        return () => {}
      },
    })
    return { done: runSaga(tools, own, fixture.operationId, { last: true }), cancel: () => cancel() }
  }
  const copying = (fixture: Fixture) =>
    expect
      .poll(async () => (await migrationOf(fixture)).doneBytes, { timeout: 20_000 })
      .toEqual(expect.any(BigInt))

  it('is ended by a person while a busy guest is copied: it goes on where it was', async () => {
    const fixture = await placed('busy-web')
    const { done, cancel } = begin(fixture)
    await copying(fixture)
    const row = await abortMigration({ ctx: admin, input: { id: fixture.migrationId } })
    expect(row.status).toBe('cancelling')
    expect((await abortMigration({ ctx: admin, input: { id: fixture.migrationId } })).status).toBe(
      'cancelling',
    )
    cancel()
    await done
    expect(await migrationOf(fixture)).toMatchObject({ status: 'cancelled' })
    expect(await operationOf(fixture)).toMatchObject({ status: 'cancelled' })
    await asBefore(fixture)
    await expect(abortMigration({ ctx: admin, input: { id: fixture.migrationId } })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('of a guest that is too busy comes to its end when a person says so', async () => {
    const fixture = await placed('busy-web')
    const { done } = begin(fixture)
    await copying(fixture)
    await forceCompleteMigration({ ctx: admin, input: { id: fixture.migrationId } })
    await done
    await moved(fixture)
    expect(await migrationOf(fixture)).toMatchObject({ pauseRequested: true })
  })

  it('of a guest that is too busy ends after its time: it stays, or stands still, as is configured', async () => {
    const withTimeout = (action: 'abort' | 'force-complete') => {
      const { deps } = two.hosts[0]
      const { services } = deps
      const config = {
        ...services.config,
        liveMigrationTimeout: 0.2,
        liveMigrationTimeoutAction: action,
      }
      return instanceLiveMigrate({ ...deps, services: { ...services, config } })
    }
    const stays = await placed('busy-web')
    await run(two.cloud, withTimeout('abort'), stays.operationId)
    await asBefore(stays)
    expect(await migrationOf(stays)).toMatchObject({
      status: 'error',
      errorMessage: 'The guest was not copied within 1 s; it stays where it was.',
    })
    const comes = await placed('busy-web')
    await run(two.cloud, withTimeout('force-complete'), comes.operationId)
    await moved(comes)
  })

  it('goes on when the network cannot copy what is sent to the guest', async () => {
    const fixture = await placed()
    const { network } = two.hosts[0]
    const copy = network.handlers['network.copy']
    const asked: (string | null)[] = []
    network.handlers['network.copy'] = async ({ to }) => {
      asked.push(to)
      throw new NephosError('driver_failed', 'no clsact')
    }
    await run(two.cloud, saga(), fixture.operationId)
    network.handlers['network.copy'] = copy
    expect(asked).toEqual(['host2', 'host2'])
    await moved(fixture)
  })

  it('copies what is sent to the guest before it stands still, and no more when it stays', async () => {
    const fixture = await placed()
    const own = saga()
    const seen: unknown[] = []
    const watched = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          if (step.name === 'switch-over') {
            const { ports } = await two.state(fixture.id)
            seen.push(ports.map((port) => two.host('host1').network.copied.get(port.id)))
            throw new NephosError('driver_failed', 'it does not work')
          }
          return step.run(context)
        },
      })),
    }
    await run(two.cloud, watched, fixture.operationId)
    expect(seen).toEqual([['host2']])
    await asBefore(fixture)
  })

  it('that may let the guest stand still needs nobody', async () => {
    const fixture = await placed('busy-web', true)
    await run(two.cloud, saga(), fixture.operationId)
    await moved(fixture)
  })

  it('that was ended before its worker came to it leaves everything as it was', async () => {
    const fixture = await placed()
    await abortMigration({ ctx: admin, input: { id: fixture.migrationId } })
    await run(two.cloud, saga(), fixture.operationId)
    await asBefore(fixture)
  })

  it('cannot be ended once the guest is handed over', async () => {
    const fixture = await placed()
    let refused: unknown
    const own = saga()
    const slow = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          const output = await step.run(context)
          if (step.name === 'switch-over')
            refused = await abortMigration({ ctx: admin, input: { id: fixture.migrationId } }).catch((e) => e)
          return output
        },
      })),
    }
    await run(two.cloud, slow, fixture.operationId)
    expect(refused).toMatchObject({ code: 'conflict' })
    await moved(fixture)
  })

  it('brings the guest back when the destination falls silent before it has let it go on', async () => {
    const fixture = await placed()
    const own = saga()
    const lost = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          if (step.name === 'arrive') two.silent.add('host2')
          return step.run(context)
        },
      })),
    }
    await run(two.cloud, lost, fixture.operationId)
    two.silent.clear()
    expect(await two.runsOn(fixture.id)).toEqual(['host1'])
    expect(await two.state(fixture.id)).toMatchObject({
      vmState: 'active',
      taskState: null,
      host: { name: 'host1' },
      faultMessage: expect.stringContaining('does not answer'),
    })
    await two.hosts[1].driver.destroy(fixture.id)
    await two.expectUsage()
  }, 40_000)

  it('goes on to its end when the destination falls silent after it has let the guest go on', async () => {
    const fixture = await placed()
    const own = saga()
    let calls = 0
    const lost = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          if (step.name !== 'arrive' || calls++ > 0) return step.run(context)
          await step.run(context)
          // The answer is lost.
          two.silent.add('host2')
          return step.run(context).finally(() => two.silent.clear())
        },
      })),
    }
    await expect(run(two.cloud, lost, fixture.operationId)).rejects.toMatchObject({ name: 'RetryLater' })
    expect(await two.runsOn(fixture.id)).toEqual(['host2'])
    await run(two.cloud, lost, fixture.operationId)
    await moved(fixture)
  }, 40_000)

  it('whose work ended without it is closed by the destination: the guest goes on there', async () => {
    const fixture = await placed()
    const own = saga()
    const lost = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          if (step.name !== 'arrive') return step.run(context)
          // The destination has decided, and dies before it has done so.
          await two.cloud.db.migration.update({
            where: { id: fixture.migrationId },
            data: { status: 'completing' },
          })
          throw new RetryLater('it died', 1)
        },
      })),
    }
    await expect(run(two.cloud, lost, fixture.operationId)).rejects.toThrow()
    expect(await two.runsOn(fixture.id)).toEqual([])
    expect(await closeLeftMoves(two.hosts[1].deps)).toEqual([])
    await two.cloud.db.operation.update({
      where: { id: fixture.operationId },
      data: { status: 'failed', endedAt: new Date(), leaseOwner: null, leaseExpiresAt: null },
    })
    expect(await closeLeftMoves(two.hosts[0].deps)).toEqual([])
    expect(await closeLeftMoves(two.hosts[1].deps)).toEqual([fixture.migrationId])
    expect(await two.runsOn(fixture.id)).toEqual(['host2'])
    expect(await destroyLeftBehind(two.hosts[0].deps)).toEqual([fixture.id])
    await two.expectUsage()
    expect(await two.state(fixture.id)).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
  })

  it('whose work ended without it before the hand-over is closed by either host', async () => {
    const fixture = await placed('busy-web')
    const { done } = begin(fixture)
    done.catch(() => {})
    await copying(fixture)
    await two.cloud.db.operation.update({
      where: { id: fixture.operationId },
      data: { status: 'failed', endedAt: new Date(), leaseToken: { increment: 1 } },
    })
    expect(await closeLeftMoves(two.hosts[1].deps)).toEqual([fixture.migrationId])
    await two.cloud.db.instance.update({ where: { id: fixture.id }, data: { taskState: null } })
    await done.catch(() => {})
    await asBefore(fixture)
  }, 40_000)

  it('hands a delete that was asked for in its last moment on to where the instance is', async () => {
    const fixture = await placed()
    let deletion = ''
    const own = saga()
    const deleting = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          const output = await step.run(context)
          if (step.name === 'arrive')
            deletion = (await deleteInstance({ ctx: two.tenant.ctx, input: { id: fixture.id } })).operationId
          return output
        },
      })),
    }
    await run(two.cloud, deleting, fixture.operationId)
    expect(await two.state(fixture.id)).toMatchObject({ taskState: 'deleting', host: { name: 'host2' } })
    const job = await two.cloud.db.outbox.findFirst({
      where: {
        subject: 'job.compute.host2.instance.delete',
        payload: { path: ['operationId'], equals: deletion },
      },
    })
    expect(job).not.toBeNull()
    await run(two.cloud, instanceDelete(two.hosts[0].deps), deletion)
    expect(await two.runsOn(fixture.id)).toEqual(['host2'])
    await run(two.cloud, instanceDelete(two.hosts[1].deps), deletion)
    expect(await two.filesOn(fixture.id)).toEqual([])
    expect(await two.cloud.db.instance.findUnique({ where: { id: fixture.id } })).toBeNull()
    await two.expectUsage()
  })
})
