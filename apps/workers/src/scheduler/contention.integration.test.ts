import { createServerGroup, type ScheduleRequest, type ServerGroupPolicy } from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectUsageFits } from '../testing/host-usage.ts'
import { makeWorkerTenant, type WorkerTenant } from '../testing/tenant.ts'
import { batched } from './batch.ts'
import { openScheduler } from './open.ts'
import { type SchedulerState, schedule } from './schedule.ts'

let cloud: TestCloud
let tenant: WorkerTenant
beforeEach(async () => {
  cloud = await createTestCloud()
  tenant = await makeWorkerTenant(cloud)
})
afterEach(() => cloud.close())

const scheduler = (name: string) => openScheduler(cloud.services, name)
const hosts = (count: number, ramMib: number) =>
  Promise.all(Array.from({ length: count }, () => makeHost(cloud, { ramMib, reservedRamMib: 0 })))
const group = (policy: ServerGroupPolicy, maxPerHost = 1) =>
  createServerGroup({ ctx: tenant.ctx, input: { name: uniqueName(policy), policy, maxPerHost } })
const ask = async (serverGroupId?: string): Promise<ScheduleRequest> => {
  const [created] = await tenant.create({ serverGroupId })
  return { instanceId: created!.id, operationId: created!.operationId }
}

/** Members of a group on each host that has any. */
const spread = async (serverGroupId: string) =>
  (
    await cloud.db.allocation.groupBy({
      by: ['hostId'],
      where: { instance: { serverGroupId } },
      _count: true,
    })
  ).map(({ _count }) => _count)

/**
 * Gives the requests to two schedulers at once, in turn, and every tenth to both, as a job that is delivered twice.
 * Neither hears of the other but by what the database says.
 */
async function contend(requests: ScheduleRequest[]): Promise<void> {
  const intakes = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const state = await scheduler(name)
      return batched<ScheduleRequest>(16, (batch) => schedule(state, batch))
    }),
  )
  let open = requests
  for (let delivery = 1; open.length > 0 && delivery <= 20; delivery++) {
    const answers = await Promise.all(
      open.map(async (request, index) => {
        const takers = index % 10 === 0 ? intakes : [intakes[index % 2]!]
        const settled = await Promise.allSettled(takers.map((enqueue) => enqueue(request)))
        return settled.every(({ status }) => status === 'rejected') ? [request] : []
      }),
    )
    open = answers.flat()
  }
  expect(open).toEqual([])
}

const states = async () =>
  Object.fromEntries(
    (await cloud.db.instance.groupBy({ by: ['vmState'], _count: true })).map(({ vmState, _count }) => [
      vmState,
      _count,
    ]),
  )

test('two schedulers and 200 creates at once on the edge of capacity: what fits is placed, and no more', async () => {
  // 20 hosts for 8 each: 160 of 200.
  await hosts(20, 1_024)
  const requests = await Promise.all(Array.from({ length: 200 }, () => ask()))
  await contend(requests)
  expect(await states()).toEqual({ building: 160, error: 40 })
  expect(await cloud.db.allocation.count()).toBe(160)
  expect(await cloud.db.scheduleAttempt.count({ where: { chosenHost: { not: null } } })).toBe(160)
  expect(cloud.kicked.filter(({ subject }) => subject.endsWith('instance.create'))).toHaveLength(160)
  expect(await cloud.db.operation.count({ where: { status: 'failed', errorCode: 'no_valid_host' } })).toBe(40)
  await expectUsageFits(cloud.db)
}, 120_000)

test('two schedulers and 200 members of groups at once: no hard policy is broken', async () => {
  await hosts(10, 4_096)
  const apart = await Promise.all(Array.from({ length: 10 }, () => group('anti-affinity')))
  const pairs = await Promise.all(Array.from({ length: 2 }, () => group('anti-affinity', 2)))
  const together = await Promise.all(Array.from({ length: 5 }, () => group('affinity')))
  const wanted = [
    // Two more than there are hosts.
    ...apart.flatMap(({ id }) => Array<string>(12).fill(id)),
    ...pairs.flatMap(({ id }) => Array<string>(15).fill(id)),
    ...together.flatMap(({ id }) => Array<string>(10).fill(id)),
  ]
  expect(wanted).toHaveLength(200)
  await contend(await Promise.all(wanted.map((id) => ask(id))))
  for (const { id } of apart) expect(await spread(id)).toEqual(Array(10).fill(1))
  for (const { id } of pairs) {
    const members = await spread(id)
    expect(Math.max(...members)).toBeLessThanOrEqual(2)
    expect(members.reduce((sum, count) => sum + count, 0)).toBe(15)
  }
  for (const { id } of together) expect((await spread(id)).length).toBe(1)
  await expectUsageFits(cloud.db)
}, 120_000)

describe('another scheduler that acts between the look at a group and the claim', () => {
  /**
   * A scheduler that has looked where the members are, and only then hears of what `meanwhile` does.
   * @param look 1 for the one before the decision, 2 for the one before the commit
   */
  async function interrupted(meanwhile: () => Promise<unknown>, look = 1): Promise<SchedulerState> {
    const state = await scheduler('slow')
    let looks = 0
    const db = state.ctx.db.$extends({
      query: {
        allocation: {
          findMany: async ({ args, query }) => {
            const rows = await query(args)
            if (++looks === look) {
              await meanwhile()
              await state.hosts.refresh()
            }
            return rows
          },
        },
      },
    })
    return { ...state, ctx: { ...state.ctx, db: db as unknown as SchedulerState['ctx']['db'] } }
  }

  /** Whether a transaction waits for another one. */
  const waitsForLock = async () => {
    const [row] = await cloud.db.$queryRaw<{ waiting: boolean }[]>`
      SELECT count(*) > 0 AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    return row?.waiting === true
  }

  const race = async (policy: ServerGroupPolicy, maxPerHost?: number) => {
    const { id } = await group(policy, maxPerHost)
    const [first, second] = [await ask(id), await ask(id)]
    const fast = await scheduler('fast')
    const slow = await interrupted(() => schedule(fast, [first!]))
    expect(await schedule(slow, [second!])).toEqual([null])
    return spread(id)
  }

  test('does not put two members of an anti-affinity group on one host', async () => {
    await hosts(1, 4_096)
    expect(await race('anti-affinity')).toEqual([1])
    expect(await states()).toEqual({ building: 1, error: 1 })
    expect(await race('anti-affinity', 2)).toEqual([2])
    await hosts(1, 4_096)
    expect(await race('anti-affinity')).toEqual([1, 1])
  })

  test('does not part the members of an affinity group', async () => {
    await makeHost(cloud, { ramMib: 4_096 })
    // The emptier one from now on: the second would go there.
    await makeHost(cloud, { ramMib: 4_096 })
    expect(await race('affinity')).toEqual([2])
  })
  test('waits while the first member of an affinity group is being placed on another host', async () => {
    const [home, other] = await hosts(2, 4_096)
    const { id } = await group('affinity')
    const [first, second] = [await ask(id), await ask(id)]
    /** Lets a scheduler think that all other hosts are disabled. */
    const only = (state: SchedulerState, host: { id: string }) => {
      for (const each of state.hosts.all)
        if (each.id !== host.id) state.hosts.put({ ...each, enabled: false })
      return state
    }
    const quick = only(await scheduler('fast'), other!)
    let answer: Promise<unknown> = Promise.resolve()
    const begun = async () => {
      let done = false
      answer = schedule(quick, [second!]).finally(() => (done = true))
      await expect.poll(async () => done || (await waitsForLock())).toBe(true)
    }
    await schedule(only(await interrupted(begun, 2), home!), [first!])
    await answer
    expect(await spread(id)).toEqual([2])
  })
})
