import {
  abortDrain,
  advanceDrains,
  beginDrain,
  type Ctx,
  listDrains,
  pauseDrain,
  previewDrain,
  resumeDrain,
  showDrain,
  stopInstance,
  systemCtx,
} from '@nephos/core'
import { ctxFor, eventsIn, makeUser } from '@nephos/core/testing'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { instanceConfirmResize } from '../compute/sagas/instance-judge-resize.ts'
import { instanceLiveMigrate } from '../compute/sagas/instance-live-migrate.ts'
import { instanceResize } from '../compute/sagas/instance-resize.ts'
import { instanceStop } from '../compute/sagas/instance-stop.ts'
import { run, startTwoHosts, type TwoHosts } from '../testing/two-hosts.ts'

let two: TwoHosts
let admin: Ctx
let adminId: string
let hostId: string
const clouds: TwoHosts[] = []

beforeEach(async () => {
  two = await startTwoHosts()
  clouds.push(two)
  const user = await makeUser(two.cloud)
  adminId = user.id
  admin = ctxFor(two.cloud, { systemRole: 'admin', user })
  hostId = (await two.cloud.db.host.findUniqueOrThrow({ where: { name: 'host1' } })).id
  await two.cloud.db.service.updateMany({ data: { lastSeenAt: new Date(Date.now() + 3_600_000) } })
})
afterAll(() => Promise.all(clouds.map((cloud) => cloud.close())))

/** A look of a process that knows nothing but the database. */
const look = () => advanceDrains(systemCtx(two.cloud.services, `scheduler ${Math.random()}`))

const stopped = async () => {
  const id = await two.active('off')
  const { operationId } = await stopInstance({ ctx: two.tenant.ctx, input: { id } })
  await run(two.cloud, instanceStop(two.hosts[0].deps), operationId)
  return id
}

/** Does what scheduler and workers have to do now. @returns how many operations there were */
async function work(): Promise<number> {
  const { db } = two.cloud
  const queued = await db.operation.findMany({ where: { status: 'queued' }, orderBy: { id: 'asc' } })
  for (const { id, kind, resourceId } of queued) {
    if (kind === 'instance-confirm-resize') {
      await run(two.cloud, instanceConfirmResize(two.hosts[1].deps), id)
      continue
    }
    expect(await two.place(resourceId, id)).toBeNull()
    const { status } = await db.operation.findUniqueOrThrow({ where: { id } })
    if (status !== 'queued' && status !== 'running') continue
    const saga = kind === 'instance-live-migrate' ? instanceLiveMigrate : instanceResize
    await run(two.cloud, saga(two.hosts[0].deps), id)
  }
  return queued.length
}

const states = async (id: string) => {
  const { moves } = await showDrain({ ctx: admin, input: { id } })
  return Object.fromEntries(moves.map(({ instanceId, status }) => [instanceId, status]))
}

describe('a drain', () => {
  it('moves what runs while it runs, what is off while it is off, and says why the rest stays', async () => {
    const [first, second, off, asleep] = [
      await two.active('a'),
      await two.active('b'),
      await stopped(),
      await two.active('asleep'),
    ]
    await two.cloud.db.instance.update({ where: { id: asleep }, data: { vmState: 'suspended' } })
    const preview = await previewDrain({ ctx: admin, input: { hostId } })
    expect(preview).toMatchObject({ hostName: 'host1', counts: { live: 2, cold: 1, none: 1 } })
    expect(preview.instances.find(({ instanceId }) => instanceId === asleep)).toMatchObject({
      way: 'none',
      reason: expect.stringContaining('resume it first'),
    })

    const drain = await beginDrain({ ctx: admin, input: { hostId, concurrency: 2, reason: 'New memory' } })
    expect(drain).toMatchObject({ status: 'running', total: 4, counts: { waiting: 4 } })
    expect(await two.cloud.db.host.findUniqueOrThrow({ where: { id: hostId } })).toMatchObject({
      enabled: false,
      disabledReason: 'New memory',
    })
    await expect(beginDrain({ ctx: admin, input: { hostId } })).rejects.toMatchObject({ code: 'conflict' })

    // Two processes look at the same time: no instance moves twice.
    await Promise.all([look(), look()])
    const moving = Object.values(await states(drain.id)).filter((status) => status === 'moving')
    expect(moving).toHaveLength(2)
    expect(await two.cloud.db.migration.count()).toBe(2)
    const operations = await two.cloud.db.operation.findMany({ where: { kind: 'instance-live-migrate' } })
    expect(operations.map(({ userId }) => userId)).toEqual([adminId, adminId])

    for (let round = 0; round < 10; round++) {
      await work()
      await look()
    }
    expect(await states(drain.id)).toEqual({
      [first]: 'moved',
      [second]: 'moved',
      [off]: 'moved',
      [asleep]: 'stays',
    })
    const shown = await showDrain({ ctx: admin, input: { id: drain.id } })
    expect(shown).toMatchObject({ status: 'finished', counts: { moved: 3, stays: 1 } })
    expect(shown.endedAt).not.toBeNull()
    expect(shown.moves.find(({ instanceId }) => instanceId === off)).toMatchObject({
      way: 'cold',
      destHost: 'host2',
      migrationId: expect.any(String),
      operationId: expect.any(String),
    })
    expect(await two.state(first)).toMatchObject({ vmState: 'active', host: { name: 'host2' } })
    expect(await two.state(off)).toMatchObject({ vmState: 'stopped', host: { name: 'host2' } })
    expect(await two.filesOn(off)).toEqual(['host2'])
    await two.expectUsage()
    const { items } = await listDrains({ ctx: admin, input: { hostId } })
    expect(items).toMatchObject([{ id: drain.id, status: 'finished' }])
    const rows = await two.cloud.db.outbox.findMany({ orderBy: { id: 'asc' } })
    const events = eventsIn(rows as never).filter(({ noun }) => noun === 'drain')
    expect(events.at(0)).toMatchObject({ change: 'created', data: { status: 'running' } })
    expect(events.at(-1)).toMatchObject({ change: 'updated', data: { status: 'finished' } })
  }, 60_000)

  it('begins nothing while it is paused, goes on, and is finished by whoever looks next', async () => {
    const ids = [await two.active('a'), await two.active('b')]
    const drain = await beginDrain({ ctx: admin, input: { hostId, concurrency: 1 } })
    await look()
    expect(await pauseDrain({ ctx: admin, input: { id: drain.id } })).toMatchObject({ status: 'paused' })
    await work()
    await look()
    expect(Object.values(await states(drain.id)).sort()).toEqual(['moved', 'waiting'])
    expect(await work()).toBe(0)
    await look()
    expect(await work()).toBe(0)
    expect(await resumeDrain({ ctx: admin, input: { id: drain.id } })).toMatchObject({ status: 'running' })
    for (let round = 0; round < 4; round++) {
      await look()
      await work()
    }
    expect(await states(drain.id)).toEqual({ [ids[0]!]: 'moved', [ids[1]!]: 'moved' })
    await expect(pauseDrain({ ctx: admin, input: { id: drain.id } })).rejects.toMatchObject({
      code: 'conflict',
    })
  }, 60_000)

  it('that is aborted takes back what is under way, and leaves the host disabled', async () => {
    const ids = [await two.active('a'), await two.active('b')]
    const drain = await beginDrain({ ctx: admin, input: { hostId, concurrency: 1 } })
    await look()
    const aborted = await abortDrain({ ctx: admin, input: { id: drain.id } })
    expect(aborted).toMatchObject({ status: 'aborted', counts: { skipped: 1 } })
    await work()
    await look()
    await look()
    expect(await states(drain.id)).toEqual({ [ids[0]!]: 'failed', [ids[1]!]: 'skipped' })
    for (const id of ids)
      expect(await two.state(id)).toMatchObject({
        vmState: 'active',
        taskState: null,
        host: { name: 'host1' },
      })
    expect((await two.cloud.db.host.findUniqueOrThrow({ where: { id: hostId } })).enabled).toBe(false)
    await two.expectUsage()
  }, 60_000)

  it('waits for what is busy, notes what went away, and says why a move failed', async () => {
    const [busy, gone, stuck] = [
      await two.active('a'),
      await two.active('b'),
      await two.active('fail-move-c'),
    ]
    const { db } = two.cloud
    await db.instance.update({ where: { id: busy }, data: { taskState: 'image_snapshot' } })
    const drain = await beginDrain({ ctx: admin, input: { hostId, concurrency: 5 } })
    await db.allocation.deleteMany({ where: { instanceId: gone } })
    await db.port.deleteMany({ where: { instanceId: gone } })
    await db.instance.delete({ where: { id: gone } })
    for (let round = 0; round < 3; round++) {
      await look()
      await work()
    }
    expect(await states(drain.id)).toEqual({ [busy]: 'waiting', [gone]: 'skipped', [stuck]: 'failed' })
    const { moves, status } = await showDrain({ ctx: admin, input: { id: drain.id } })
    expect(status).toBe('running')
    expect(moves.find(({ instanceId }) => instanceId === busy)?.reason).toContain('image_snapshot')
    expect(moves.find(({ instanceId }) => instanceId === stuck)?.reason).toContain('does not move')
    expect(await two.runsOn(stuck)).toEqual(['host1'])
    await db.instance.update({ where: { id: busy }, data: { taskState: null } })
    for (let round = 0; round < 3; round++) {
      await look()
      await work()
    }
    expect(await states(drain.id)).toMatchObject({ [busy]: 'moved' })
    expect(await showDrain({ ctx: admin, input: { id: drain.id } })).toMatchObject({ status: 'finished' })
  }, 60_000)
})
