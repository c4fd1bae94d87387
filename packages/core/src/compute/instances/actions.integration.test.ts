import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeImage,
  makeInstance,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import { computeVerbs } from '../index.ts'
import { instanceActions, taskStates, vmStates, whyNot } from '../states.ts'
import { reclaimInstances } from './reclaim.ts'

const { instances } = computeVerbs
let cloud: TestCloud
let admin: Ctx
let ctx: Ctx
let projectId: string
let hostId: string
let hostName: string
const asked: { host: string; name: string; input: unknown }[] = []
let refuse: Error | null = null

beforeAll(async () => {
  cloud = await createTestCloud({
    services: {
      ask: (async (host: string, name: string, input: unknown) => {
        asked.push({ host, name, input })
        if (refuse) throw refuse
        return name === 'guest.facts'
          ? { agentVersion: '1', system: 'Test', kernel: null, interfaces: [] }
          : {}
      }) as never,
    },
  })
  admin = ctxFor(cloud, { systemRole: 'admin' })
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  hostName = uniqueName('host')
  hostId = (await makeHost(cloud, { name: hostName })).id
})
afterAll(() => cloud.close())

type Columns = NonNullable<Parameters<typeof makeInstance>[1]>
const make = (columns: Partial<Columns> = {}) =>
  makeInstance(cloud, {
    projectId,
    hostId,
    vmState: 'active',
    taskState: null,
    launchedAt: new Date(),
    ...columns,
  } as Columns)
const rowOf = (id: string) => cloud.db.instance.findUniqueOrThrow({ where: { id } })
const auditOf = (id: string) =>
  cloud.db.audit.findMany({ where: { resourceId: id }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })
const withAgent = { imageProperties: { hw_qemu_guest_agent: 'yes' } }

/** Every action that is asked for by a verb of this file, with what it needs besides the instance. */
const asks: Partial<Record<keyof typeof instanceActions, (id: string) => Promise<unknown>>> = {
  pause: (id) => instances.pause({ ctx, input: { id } }),
  unpause: (id) => instances.unpause({ ctx, input: { id } }),
  suspend: (id) => instances.suspend({ ctx, input: { id } }),
  resume: (id) => instances.resume({ ctx, input: { id } }),
  unrescue: (id) => instances.unrescue({ ctx, input: { id } }),
  restore: (id) => instances.restore({ ctx, input: { id } }),
  changePassword: (id) => instances.changePassword({ ctx, input: { id, password: 'x' } }),
  crashDump: (id) => instances.triggerCrashDump({ ctx, input: { id } }),
  editTags: (id) => instances.setTags({ ctx, input: { id, tags: [uniqueName('t')] } }),
  editMetadata: (id) => instances.setMetadata({ ctx, input: { id, set: { a: uniqueName('v') } } }),
}

describe.each(Object.entries(asks))('%s', (name, ask) => {
  const action = name as keyof typeof instanceActions
  test('is accepted exactly in the states of the table, and sets its task', async () => {
    for (const vmState of vmStates) {
      const { id } = await make({ vmState, ...withAgent })
      const why = whyNot(action, { vmState, taskState: null, locked: false })
      if (why) await expect(ask!(id)).rejects.toMatchObject({ code: 'conflict', message: why })
      else {
        await ask!(id)
        const { sets } = instanceActions[action]
        // The password is set at once: its task is over when the answer is there.
        expect((await rowOf(id)).taskState).toBe(action === 'changePassword' ? null : sets)
      }
    }
  })

  test('waits for what is under way, where the table says so', async () => {
    const rule = instanceActions[action]
    const vmState = rule.vm === 'any' ? 'active' : rule.vm[0]!
    for (const taskState of taskStates.slice(0, 6)) {
      const { id } = await make({ vmState, taskState, ...withAgent })
      const allowed = whyNot(action, { vmState, taskState, locked: false }) === null
      const outcome = await ask!(id).then(
        () => true,
        () => false,
      )
      expect({ taskState, outcome }).toEqual({ taskState, outcome: allowed })
    }
  })
})

describe('a lock', () => {
  test('keeps members away with its reason shown, lets administrators pass, and is audited', async () => {
    const { id } = await make()
    const before = cloud.kicked.length
    const { instance } = await instances.lock({ ctx, input: { id, reason: ' audit ' } })
    expect(instance).toMatchObject({ locked: true, lockedReason: 'audit' })
    expect(eventsIn(cloud.kicked.slice(before))).toMatchObject([
      { noun: 'instance', data: { locked: true, lockedReason: 'audit' } },
    ])
    await expect(instances.pause({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The instance is locked.',
    })
    await expect(instances.delete({ ctx, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
    await instances.update({ ctx, input: { id, description: 'still editable' } })
    await instances.pause({ ctx: admin, input: { id } })
    const { instance: free } = await instances.unlock({ ctx, input: { id } })
    expect(free).toMatchObject({ locked: false, lockedReason: null })
    expect(await instances.unlock({ ctx, input: { id } })).toMatchObject({ instance: { locked: false } })
    expect((await auditOf(id)).map(({ verb }) => verb.split('.').at(-1))).toEqual([
      'lock',
      'update',
      'pause',
      'unlock',
    ])
  })

  test('of an administrator from elsewhere is not taken off by members, as in Nova', async () => {
    const { id } = await make()
    const { instance } = await instances.lock({ ctx: admin, input: { id, reason: 'unpaid' } })
    expect(instance).toMatchObject({ locked: true, lockedBy: 'admin', lockedReason: 'unpaid' })
    await expect(instances.unlock({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'An administrator locked the instance; only an administrator can unlock it.',
    })
    // Neither does a second lock make it theirs.
    const { instance: still } = await instances.lock({ ctx, input: { id, reason: 'mine' } })
    expect(still).toMatchObject({ locked: true, lockedBy: 'admin', lockedReason: 'unpaid' })
    const { items } = await instances.list({ ctx, input: { search: id } })
    expect(items).toMatchObject([{ locked: true, lockedBy: 'admin' }])
    const { instance: free } = await instances.unlock({ ctx: admin, input: { id } })
    expect(free).toMatchObject({ locked: false, lockedBy: null, lockedReason: null })
    await instances.lock({ ctx, input: { id } })
    expect(await rowOf(id)).toMatchObject({ lockedBy: 'owner' })
    await instances.unlock({ ctx, input: { id } })
  })

  test('does not make running work lose its race', async () => {
    const { id } = await make({ taskState: 'rebooting' })
    const { generation } = await rowOf(id)
    await instances.lock({ ctx, input: { id } })
    expect((await rowOf(id)).generation).toBe(generation)
  })
})

describe('rescue', () => {
  test('uses the own image, or another that the project can see', async () => {
    const own = await makeImage(cloud, { projectId })
    const { id } = await make({ imageId: own.id })
    const { operationId } = await instances.rescue({ ctx, input: { id } })
    const { input } = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(input).toMatchObject({ action: 'rescue', imageId: own.id })

    const other = await makeTenant(cloud)
    const theirs = await makeImage(cloud, { projectId: other.project.id, visibility: 'private' })
    const second = await make({ imageId: own.id })
    await expect(
      instances.rescue({ ctx, input: { id: second.id, imageId: theirs.id } }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'imageId' })
  })

  test('says what to do when the own image is gone', async () => {
    const { id } = await make({ imageId: null })
    await expect(instances.rescue({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      remedy: 'Choose the image to rescue it with.',
    })
  })
})

describe('the agent in the guest', () => {
  test('gets the password in one message; nothing of it is stored', async () => {
    const { id } = await make(withAgent)
    asked.length = 0
    await instances.changePassword({ ctx, input: { id, userName: 'admin', password: 'very secret' } })
    expect(asked).toEqual([
      {
        host: hostName,
        name: 'guest.set-password',
        input: { instanceId: id, userName: 'admin', password: 'very secret' },
      },
    ])
    const stored = JSON.stringify([
      await auditOf(id),
      await cloud.db.operation.findMany({ where: { resourceId: id } }),
      await cloud.db.outbox.findMany(),
    ])
    expect(stored).not.toContain('very secret')
    expect(stored).toContain('admin')
  })

  test('an agent that refuses leaves the instance idle', async () => {
    const { id } = await make(withAgent)
    refuse = new Error('it refuses')
    await expect(instances.changePassword({ ctx, input: { id, password: 'x' } })).rejects.toThrow(
      'it refuses',
    )
    refuse = null
    expect(await rowOf(id)).toMatchObject({ vmState: 'active', taskState: null })
  })

  test('where the image has none, that is said', async () => {
    const { id } = await make()
    for (const ask of [
      instances.changePassword({ ctx, input: { id, password: 'x' } }),
      instances.guest({ ctx, input: { id } }),
    ])
      await expect(ask).rejects.toMatchObject({
        code: 'conflict',
        message: 'The image of the instance has no guest agent.',
      })
    expect(await rowOf(id)).toMatchObject({ taskState: null })
    const answers = await make(withAgent)
    expect(await instances.guest({ ctx, input: { id: answers.id } })).toMatchObject({ system: 'Test' })
  })
})

describe('tags and metadata', () => {
  test('tags are set, added, removed, counted and searched by', async () => {
    const tag = uniqueName('blue')
    const [one, two] = [await make(), await make()]
    expect(await instances.setTags({ ctx, input: { id: one.id, tags: [tag, 'b', 'b', 'a'] } })).toMatchObject(
      { tags: ['a', 'b', tag].sort() },
    )
    await instances.addTag({ ctx, input: { id: two.id, tag } })
    await instances.addTag({ ctx, input: { id: two.id, tag } })
    expect(await instances.tags({ ctx, input: {} })).toContainEqual({ tag, instances: 2 })
    const listed = async (tags: string[]) =>
      (await instances.list({ ctx, input: { tags } })).items.map(({ id }) => id).sort()
    expect(await listed([tag])).toEqual([one.id, two.id].sort())
    expect(await listed([tag, 'a'])).toEqual([one.id])
    await instances.removeTag({ ctx, input: { id: one.id, tag } })
    await expect(instances.removeTag({ ctx, input: { id: one.id, tag } })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await instances.show({ ctx, input: { id: one.id } })).tags).toEqual(['a', 'b'])
    for (const bad of ['a,b', 'a/b', '', 'x'.repeat(61)])
      await expect(instances.addTag({ ctx, input: { id: one.id, tag: bad } })).rejects.toMatchObject({
        code: 'invalid_input',
        field: 'tag',
      })
    const many = Array.from({ length: 50 }, (_, index) => `t${index}`)
    await instances.setTags({ ctx, input: { id: one.id, tags: many } })
    await expect(instances.addTag({ ctx, input: { id: one.id, tag: 'one-more' } })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    const stranger = await makeTenant(cloud)
    expect(await instances.tags({ ctx: stranger.ctx, input: {} })).toEqual([])
  })

  test('metadata is merged, taken away and replaced', async () => {
    const { id } = await make({ metadata: { a: '1', b: '2' } })
    const set = (input: object) => instances.setMetadata({ ctx, input: { id, ...input } })
    expect((await set({ set: { b: '3', c: '4' }, remove: ['a'] })).metadata).toEqual({ b: '3', c: '4' })
    expect((await set({ set: { d: '5' }, replace: true })).metadata).toEqual({ d: '5' })
    expect((await rowOf(id)).metadata).toEqual({ d: '5' })
    const much = Object.fromEntries(Array.from({ length: 128 }, (_, index) => [`k${index}`, 'v']))
    await expect(set({ set: much })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('what administrators may do', () => {
  test('write the state of an instance that hangs', async () => {
    const { id } = await make({ vmState: 'error', taskState: 'deleting', faultMessage: 'stuck' })
    await expect(instances.resetState({ ctx, input: { id } })).rejects.toMatchObject({ code: 'forbidden' })
    const { instance } = await instances.resetState({ ctx: admin, input: { id, state: 'active' } })
    expect(instance).toMatchObject({ vmState: 'active', taskState: null, faultMessage: null })
    const unplaced = await make({ hostId: null, vmState: 'error' })
    await expect(
      instances.resetState({ ctx: admin, input: { id: unplaced.id, state: 'active' } }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'state' })
  })
})

describe('the bin', () => {
  const withBin = () => ({ ...ctx, config: { ...ctx.config, reclaimInstanceInterval: 60 } })

  test('takes what ran, and not what never did', async () => {
    const ran = await make()
    const { instance } = await instances.delete({ ctx: withBin(), input: { id: ran.id } })
    expect(instance.taskState).toBe('soft-deleting')
    const never = await make({ hostId: null, vmState: 'error', launchedAt: null })
    const gone = await instances.delete({ ctx: withBin(), input: { id: never.id } })
    expect(gone.instance.taskState).toBe('deleting')
    const forced = await make()
    const { instance: now } = await instances.forceDelete({ ctx: withBin(), input: { id: forced.id } })
    expect(now.taskState).toBe('deleting')
  })

  test('is emptied when the time is over', async () => {
    const now = Date.now()
    const old = await make({ vmState: 'soft_deleted', deletedAt: new Date(now - 61_000) })
    const young = await make({ vmState: 'soft_deleted', deletedAt: new Date(now - 30_000) })
    const system = { ...admin, config: withBin().config }
    expect(
      await reclaimInstances({ ...admin, config: { ...ctx.config, reclaimInstanceInterval: 0 } }),
    ).toEqual([])
    const begun = await reclaimInstances(system, new Date(now))
    expect(begun).toContain(old.id)
    expect(begun).not.toContain(young.id)
    expect((await rowOf(old.id)).taskState).toBe('deleting')
    expect(await reclaimInstances(system, new Date(now))).toEqual([])
  })
})

describe('what was done', () => {
  test('is listed with the work that it began, newest first, also after the end of the instance', async () => {
    const { id } = await make()
    const fresh = () => ({ ...ctx, requestId: uniqueName('req') })
    await instances.lock({ ctx: fresh(), input: { id, reason: 'why' } })
    await instances.unlock({ ctx: fresh(), input: { id } })
    const { operationId } = await instances.pause({ ctx: fresh(), input: { id } })
    const first = await instances.actions({ ctx, input: { id, limit: 2 } })
    expect(first.items.map(({ action }) => action)).toEqual(['pause', 'unlock'])
    expect(first.items[0]!.operation).toMatchObject({ id: operationId, kind: 'instance-pause' })
    expect(first.items[1]!.operation).toBeNull()
    const rest = await instances.actions({ ctx, input: { id, limit: 2, cursor: first.nextCursor! } })
    expect(rest.items).toMatchObject([{ action: 'lock', detail: { reason: 'why' } }])
    expect(rest.nextCursor).toBeNull()
    await cloud.db.instance.delete({ where: { id } })
    expect((await instances.actions({ ctx, input: { id } })).items).toHaveLength(3)
    const stranger = await makeTenant(cloud)
    await expect(instances.actions({ ctx: stranger.ctx, input: { id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('a copy of a guest whose image asks for frozen file systems', () => {
  const asks = (id: string) => instances.createImage({ ctx, input: { id, name: uniqueName('copy') } })
  const require = { os_require_quiesce: 'yes' }

  test('is refused where there is no agent, or the guest does not run', async () => {
    const { id } = await make({ imageProperties: require })
    await expect(asks(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no guest agent'),
    })
    expect(await rowOf(id)).toMatchObject({ taskState: null })
    const properties = { imageProperties: { ...require, ...withAgent.imageProperties } }
    const { id: paused } = await make({ vmState: 'paused', ...properties })
    await expect(asks(paused)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('paused'),
    })
  })

  test('is made with an agent, of a guest that is off, and where it is powered off for it', async () => {
    const { id } = await make({ imageProperties: { ...require, ...withAgent.imageProperties } })
    await asks(id)
    const { id: off } = await make({ vmState: 'stopped', imageProperties: require })
    await asks(off)
    const { id: shelved } = await make({ imageProperties: require })
    await instances.shelve({ ctx, input: { id: shelved } })
  })
})
