import { newId } from '@nephos/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ctx, systemCtx } from '../../kernel/index.ts'
import { createTestCloud, makeHost, makeInstance, makeTenant, type TestCloud } from '../../testing/index.ts'
import { scheduleBackups } from './schedule.ts'
import { showBackups } from './show.ts'
import { nextSlot, startDueBackups } from './start-due.ts'
import { unscheduleBackups } from './unschedule.ts'

let cloud: TestCloud
let ctx: Ctx
let projectId: string
let hostId: string
beforeAll(async () => {
  cloud = await createTestCloud()
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  hostId = (await makeHost(cloud)).id
})
afterAll(() => cloud.close())

const hour = 3_600_000
const instance = async (fields = {}) =>
  (await makeInstance(cloud, { projectId, hostId, launchedAt: new Date(), ...fields })).id
const system = () => systemCtx(cloud.services, 'test')
const backupsOf = (id: string) =>
  cloud.db.operation.findMany({ where: { resourceId: id, kind: 'instance-backup' } })

test('a schedule is written, shown, replaced and removed', async () => {
  const id = await instance()
  const firstAt = new Date(Date.now() + hour)
  await scheduleBackups({ ctx, input: { instanceId: id, everyHours: 24, keep: 7, firstAt } })
  expect(await showBackups({ ctx, input: { instanceId: id } })).toEqual({
    schedule: {
      instanceId: id,
      backupType: 'daily',
      everyHours: 24,
      keep: 7,
      nextAt: firstAt,
      lastStartedAt: null,
      lastProblem: null,
    },
    images: [],
  })
  expect(await scheduleBackups({ ctx, input: { instanceId: id, everyHours: 168, keep: 2 } })).toMatchObject({
    backupType: 'weekly',
    keep: 2,
  })
  expect(await unscheduleBackups({ ctx, input: { instanceId: id } })).toEqual({ removed: true })
  expect(await unscheduleBackups({ ctx, input: { instanceId: id } })).toEqual({ removed: false })
  expect((await showBackups({ ctx, input: { instanceId: id } })).schedule).toBeNull()
})

test('a due backup is started once, however many processes look, and the schedule moves on', async () => {
  const id = await instance()
  const firstAt = new Date(Date.now() - hour)
  await scheduleBackups({ ctx, input: { instanceId: id, everyHours: 24, keep: 3, firstAt } })
  const rounds = await Promise.all([1, 2, 3].map(() => startDueBackups(system())))
  expect(rounds.flat()).toEqual([id])
  expect(await startDueBackups(system())).toEqual([])
  const operations = await backupsOf(id)
  expect(operations).toHaveLength(1)
  expect(operations[0]!.input).toMatchObject({ backupType: 'daily', rotation: 3 })
  const { schedule, images } = await showBackups({ ctx, input: { instanceId: id } })
  expect(schedule!.nextAt).toEqual(new Date(firstAt.getTime() + 24 * hour))
  expect(schedule!.lastStartedAt).not.toBeNull()
  expect(images).toMatchObject([{ status: 'queued', backupType: 'daily' }])
})

test('a backup that cannot be started now says why and is tried again, until the next one is due', async () => {
  const id = await instance({ vmState: 'error' })
  const firstAt = new Date(Date.now() - 1_000)
  await scheduleBackups({ ctx, input: { instanceId: id, everyHours: 1, keep: 1, firstAt } })
  expect(await startDueBackups(system())).toEqual([])
  const { schedule } = await showBackups({ ctx, input: { instanceId: id } })
  expect(schedule).toMatchObject({ nextAt: firstAt, lastProblem: expect.stringContaining('error') })
  expect(await startDueBackups(system())).toEqual([])
  await cloud.db.instance.update({ where: { id }, data: { vmState: 'active' } })
  expect(await startDueBackups(system(), new Date(Date.now() + 6 * 60_000))).toEqual([id])
  expect(await backupsOf(id)).toHaveLength(1)
})

test('what was missed is not made up for', () => {
  const nextAt = new Date('2026-03-01T04:00:00Z')
  const at = (now: string) => nextSlot({ nextAt, everyHours: 24 }, new Date(now)).toISOString()
  expect(at('2026-03-01T04:00:00Z')).toBe('2026-03-02T04:00:00.000Z')
  expect(at('2026-03-05T12:00:00Z')).toBe('2026-03-06T04:00:00.000Z')
  expect(at('2026-02-01T12:00:00Z')).toBe('2026-03-01T04:00:00.000Z')
})

test('the schedule of a foreign instance does not exist', async () => {
  const id = await instance()
  const stranger = (await makeTenant(cloud)).ctx
  await expect(showBackups({ ctx: stranger, input: { instanceId: id } })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(
    scheduleBackups({ ctx: stranger, input: { instanceId: newId(), everyHours: 1, keep: 1 } }),
  ).rejects.toMatchObject({ code: 'not_found' })
})
