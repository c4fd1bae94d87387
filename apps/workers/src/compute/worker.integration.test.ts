import { readdir } from 'node:fs/promises'
import {
  deleteInstance,
  listInstances,
  readInstanceConsole,
  rebootInstance,
  showInstance,
  startInstance,
  stopInstance,
} from '@nephos/core'
import { type CloudEvent, consoleSubject } from '@nephos/jobs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type LiveCloud, startLiveCloud } from '../testing/live-cloud.ts'
import type { ConsoleChunk } from './console/follow.ts'

let live: LiveCloud
beforeAll(async () => {
  live = await startLiveCloud()
})
afterAll(() => live.close())

const db = () => live.cloud.db
const ctx = () => live.tenant.ctx
const recordOf = (id: string) => db().instance.findUnique({ where: { id } })
const settled = (id: string, vmState: string) =>
  eventually(async () => {
    const record = await recordOf(id)
    return record?.vmState === vmState && record.taskState === null && record
  })
const ended = (operationId: string) =>
  eventually(async () => {
    const operation = await db().operation.findUnique({ where: { id: operationId } })
    return operation?.endedAt && operation
  })

async function create(name = 'web') {
  const [created] = await live.tenant.create({ name })
  return created!
}
async function active(name = 'web') {
  const created = await create(name)
  await settled(created.id, 'active')
  return created
}
async function remove(id: string) {
  const { operationId } = await deleteInstance({ ctx: ctx(), input: { id } })
  expect(await ended(operationId)).toMatchObject({ status: 'succeeded' })
  await expectGone(id)
}
async function expectGone(id: string) {
  expect(await recordOf(id)).toBeNull()
  expect(await db().port.count({ where: { instanceId: id } })).toBe(0)
  expect(await db().allocation.count({ where: { instanceId: id } })).toBe(0)
  expect((await live.driver().list()).map(({ instanceId }) => instanceId)).not.toContain(id)
  expect(await readdir(live.instancesDir)).not.toContain(id)
}

test('an instance is created, and every state on the way is announced', async () => {
  const events: CloudEvent[] = []
  const end = live.services.queue.hub().subscribe(
    ({ noun }) => noun === 'instance',
    undefined,
    (message) => {
      if (message.type === 'event') events.push(message.event)
    },
  )
  const { id, operationId } = await create('Journey')
  const record = await settled(id, 'active')
  expect(record).toMatchObject({ powerState: 1, faultMessage: null })
  expect(record.launchedAt).not.toBeNull()
  await eventually(async () => (await recordOf(id))?.guestReadyAt)
  expect(await ended(operationId)).toMatchObject({ status: 'succeeded', progress: 100 })
  const steps = await db().operationStep.findMany({ where: { operationId }, orderBy: { position: 'asc' } })
  expect(steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'schedule done',
    'wire-ports done',
    'cache-image done',
    'connect-volumes done',
    'create-disk done',
    'start-machine done',
  ])
  const own = () =>
    events
      .filter((event) => event.id === id)
      .map(({ change, data }) => ({ change, ...(data as { vmState: string; taskState: string | null }) }))
  await eventually(async () => own().length >= 5)
  end()
  expect(own().map(({ change, vmState, taskState }) => `${change} ${vmState} ${taskState}`)).toEqual([
    'created building scheduling',
    'updated building networking',
    'updated building spawning',
    'updated active null',
    'updated active null',
  ])
  const [row] = (await listInstances({ ctx: ctx(), input: { search: id } })).items
  expect(row).toEqual(expect.objectContaining({ status: 'ACTIVE', hostName: null }))
  expect(row?.addresses).toHaveLength(1)
  await remove(id)
})

test('stop, start, reboot both ways, delete', async () => {
  const { id } = await active()
  await stopInstance({ ctx: ctx(), input: { id } })
  expect(await settled(id, 'stopped')).toMatchObject({ powerState: 4 })
  expect((await live.driver().status(id)).powerState).toBe(4)
  await expect(stopInstance({ ctx: ctx(), input: { id } })).rejects.toMatchObject({ code: 'conflict' })
  await startInstance({ ctx: ctx(), input: { id } })
  expect(await settled(id, 'active')).toMatchObject({ powerState: 1 })
  for (const type of ['soft', 'hard'] as const) {
    const { operationId, instance } = await rebootInstance({ ctx: ctx(), input: { id, type } })
    expect(instance.status).toBe(type === 'hard' ? 'HARD_REBOOT' : 'REBOOT')
    expect(await ended(operationId)).toMatchObject({ status: 'succeeded' })
    expect(await settled(id, 'active')).toMatchObject({ powerState: 1 })
  }
  await remove(id)
})

test('a machine that does not start leaves an ERROR with the reason, and nothing on the host', async () => {
  const { id, operationId } = await create('fail-start-web')
  const record = await settled(id, 'error')
  expect(record).toMatchObject({ hostId: null, powerState: 0, faultCode: 500 })
  expect(record.faultMessage).toContain('does not start')
  expect(await ended(operationId)).toMatchObject({ status: 'failed', errorCode: 'no_valid_host' })
  expect(await db().allocation.count({ where: { instanceId: id } })).toBe(0)
  expect(await readdir(live.instancesDir)).not.toContain(id)
  const detail = await showInstance({ ctx: ctx(), input: { id } })
  expect(detail.fault).toMatchObject({ code: 500, message: record.faultMessage })
  expect(detail.ports).toHaveLength(1)
  expect(live.network.wired.has(detail.ports[0]!.id)).toBe(false)
  await remove(id)
})

test('delete while it is being created cancels the creation and removes everything', async () => {
  const [slow, queued] = await Promise.all([create('slow-start-web'), create('web')])
  await eventually(async () => (await recordOf(slow.id))?.taskState === 'spawning')
  const deletes = await Promise.all(
    [slow, queued].map(({ id }) => deleteInstance({ ctx: ctx(), input: { id } })),
  )
  const [again] = await Promise.all([deleteInstance({ ctx: ctx(), input: { id: slow.id } })])
  expect(again.operationId).toBe(deletes[0]!.operationId)
  for (const { operationId } of deletes)
    expect(await ended(operationId)).toMatchObject({ status: 'succeeded' })
  expect(await ended(slow.operationId)).toMatchObject({ status: 'cancelled' })
  await ended(queued.operationId)
  await expectGone(slow.id)
  await expectGone(queued.id)
})

test('a guest that powers off or crashes is stopped, and a crash says so', async () => {
  const off = await create('power-off-web')
  expect(await settled(off.id, 'stopped')).toMatchObject({ powerState: 4, faultMessage: null })
  const crashed = await create('crash-web')
  const record = await settled(crashed.id, 'stopped')
  expect(record.powerState).toBe(6)
  expect(record.faultMessage).toContain('crashed')
  await remove(off.id)
  await remove(crashed.id)
})

test('the console is read and followed', async () => {
  const { id } = await active()
  await eventually(async () => (await recordOf(id))?.guestReadyAt)
  const whole = await readInstanceConsole({ ctx: ctx(), input: { id } })
  expect(whole.offset).toBe(0)
  expect(whole.text).toContain('READY web (simulated)')
  expect(whole.size).toBe(Buffer.byteLength(whole.text))
  const chunks: ConsoleChunk[] = []
  const { nc } = await live.services.queue.bus.ready()
  const subscription = nc.subscribe(consoleSubject(id), {
    callback: (_error, message) => {
      chunks.push(message.json<ConsoleChunk>())
    },
  })
  await nc.flush()
  await live.services.ask(live.hostName, 'console.follow', { instanceId: id, offset: whole.size })
  const { operationId } = await rebootInstance({ ctx: ctx(), input: { id, type: 'hard' } })
  await ended(operationId)
  const text = () => chunks.map((chunk) => chunk.text).join('')
  await eventually(async () => text().includes('boot 2') && text().includes('READY web'))
  subscription.unsubscribe()
  const after = await readInstanceConsole({ ctx: ctx(), input: { id } })
  expect(whole.text + text()).toBe(after.text)
  await remove(id)
})

test('machines live on while the worker is away; it finds them again and brings the states together', async () => {
  const [kept, gone, orphan, unplaced] = await Promise.all([
    active('kept'),
    active('gone'),
    active('orphan'),
    active('unplaced'),
  ])
  await live.stopCompute()
  expect(await db().service.findFirst({ where: { role: 'compute' } })).toMatchObject({
    lastSeenAt: new Date(0),
  })
  // Its disk and process vanish, and another one's rows do: what no event can tell.
  const { rm } = await import('node:fs/promises')
  await rm(`${live.instancesDir}/${gone.id}`, { recursive: true })
  await db().allocation.deleteMany({ where: { instanceId: orphan.id } })
  await db().port.deleteMany({ where: { instanceId: orphan.id } })
  await db().instance.delete({ where: { id: orphan.id } })
  await db().instance.update({ where: { id: unplaced.id }, data: { hostId: null } })
  const { operationId } = await stopInstance({ ctx: ctx(), input: { id: kept.id } })
  await live.startCompute()
  expect(await ended(operationId)).toMatchObject({ status: 'succeeded' })
  expect(await settled(kept.id, 'stopped')).toMatchObject({ powerState: 4 })
  expect(await settled(gone.id, 'stopped')).toMatchObject({ powerState: 4 })
  const machines = (await live.driver().list()).map(({ instanceId }) => instanceId)
  // What is deleted is removed before any work is taken; what is on no host may just be coming.
  expect(machines).not.toContain(orphan.id)
  expect(await readdir(live.instancesDir)).not.toContain(orphan.id)
  expect(machines).toContain(unplaced.id)
  const { orphanMachines } = await import('./reconcilers/orphan-machines.ts')
  const reconcile = orphanMachines({
    services: live.services,
    driver: live.driver(),
    hostName: live.hostName,
    log: live.services.log,
  })
  expect(await reconcile()).toEqual([])
  expect(await reconcile()).toEqual([unplaced.id])
  expect(await readdir(live.instancesDir)).not.toContain(unplaced.id)
  await remove(kept.id)
  await remove(gone.id)
  await remove(unplaced.id)
})

test('a burst of 60 all become active', async () => {
  const start = performance.now()
  const created = (
    await Promise.all(Array.from({ length: 6 }, () => live.tenant.create({ name: 'burst', count: 10 })))
  ).flat()
  await eventually(async () => {
    const count = await db().instance.count({
      where: { id: { in: created.map(({ id }) => id) }, vmState: 'active', taskState: null },
    })
    return count === 60
  }, 60_000)
  const perSecond = 60_000 / (performance.now() - start)
  console.info(`${perSecond.toFixed(1)} instances/s`)
  const deletes = await Promise.all(created.map(({ id }) => deleteInstance({ ctx: ctx(), input: { id } })))
  for (const { operationId } of deletes)
    expect(await ended(operationId)).toMatchObject({ status: 'succeeded' })
  expect(await db().instance.count({ where: { id: { in: created.map(({ id }) => id) } } })).toBe(0)
}, 120_000)
