import { newId, type Prisma } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeImage,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../testing/index.ts'
import { cancelOperation, listAudit, listOperations, retryOperation, showOperation } from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

const makeOperation = async (
  projectId: string | null,
  values: Partial<Prisma.OperationCreateManyInput> = {},
) => {
  const id = newId()
  await cloud.db.operation.create({
    data: {
      id,
      kind: 'instance-create',
      projectId,
      requestId: `req-${id}`,
      resourceType: 'instance',
      resourceId: newId(),
      resourceName: 'web',
      input: {},
      ...values,
    },
  })
  return id
}
const admin = () => ctxFor(cloud, { systemRole: 'admin' })
const read = (id: string) => cloud.db.operation.findUniqueOrThrow({ where: { id }, include: { steps: true } })
const jobsOf = async (operationId: string) => {
  const rows = await cloud.db.outbox.findMany({ where: { channel: 'job' }, orderBy: { id: 'asc' } })
  return rows.filter((row) => (row.payload as { operationId?: string }).operationId === operationId)
}
const failed = (more: Partial<Prisma.OperationCreateManyInput> = {}) => ({
  status: 'failed' as const,
  errorCode: 'driver_failed',
  errorMessage: 'QEMU ended.',
  errorDetail: { hosts: ['host1'] },
  attempt: 3,
  leaseToken: 4,
  startedAt: new Date(),
  endedAt: new Date(),
  ...more,
})
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('operation.operations.list', () => {
  it('pages through the own project, newest first, and never shows another one', async () => {
    const { project, ctx } = await makeTenant(cloud, 'reader')
    const other = await makeTenant(cloud)
    const ids: string[] = []
    for (let index = 0; index < 7; index++)
      ids.push(
        await makeOperation(project.id, { createdAt: new Date(1_700_000_000_000 + (index >> 1) * 1_000) }),
      )
    await makeOperation(other.project.id)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listOperations>> = await listOperations({
        ctx,
        input: { limit: 3, cursor },
      })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor)
    expect(seen).toEqual(ids.toReversed())
  })

  it('filters by resource, status, kind and words', async () => {
    const { project, ctx } = await makeTenant(cloud, 'reader')
    const a = await makeOperation(project.id, { resourceName: 'alpha', status: 'failed' })
    const b = await makeOperation(project.id, { resourceName: 'beta', kind: 'instance-delete' })
    const { resourceId } = await read(a)
    const ids = async (input: Parameters<typeof listOperations>[0]['input']) =>
      (await listOperations({ ctx, input })).items.map(({ id }) => id)
    expect(await ids({ resourceId })).toEqual([a])
    expect(await ids({ status: ['failed', 'cancelled'] })).toEqual([a])
    expect(await ids({ status: 'queued' })).toEqual([b])
    expect(await ids({ kind: 'instance-delete' })).toEqual([b])
    expect(await ids({ search: 'lph' })).toEqual([a])
    expect(await ids({ search: `req-${b}` })).toEqual([b])
    expect(await ids({ sort: { by: 'createdAt', dir: 'asc' } })).toEqual([a, b])
  })

  it('shows all projects to administrators only, and refuses nonsense by field', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const mine = await makeOperation(project.id)
    const nobodys = await makeOperation(null)
    await expect(listOperations({ ctx, input: { allProjects: true } })).rejects.toEqual(code('forbidden'))
    const all = await listOperations({ ctx: admin(), input: { allProjects: true, limit: 1000 } })
    expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining([mine, nobodys]))
    await expect(listOperations({ ctx, input: { cursor: 'x' } })).rejects.toMatchObject({ field: 'cursor' })
    const bad = Buffer.from('["not a date","x"]').toString('base64url')
    await expect(listOperations({ ctx, input: { cursor: bad } })).rejects.toMatchObject({ field: 'cursor' })
    await expect(listOperations({ ctx, input: { status: 'sleeping' as never } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'status',
    })
  })
})

describe('operation.operations.show', () => {
  it('shows the steps in order, and names of hosts to administrators only', async () => {
    const { project, user, ctx } = await makeTenant(cloud, 'reader')
    const id = await makeOperation(project.id, failed({ userId: user.id }))
    await cloud.db.operationStep.createMany({
      data: [
        {
          operationId: id,
          position: 1,
          name: 'wire-ports',
          host: 'host1',
          status: 'failed',
          errorMessage: 'no bridge',
        },
        { operationId: id, position: 0, name: 'schedule', host: 'control', status: 'done' },
      ],
    })
    const seen = await showOperation({ ctx, input: { id } })
    expect(seen).toMatchObject({
      id,
      status: 'failed',
      userName: user.name,
      errorMessage: 'QEMU ended.',
      errorDetail: null,
      whyNotRetry: null,
      whyNotCancel: 'The operation has ended.',
    })
    expect(seen.steps.map(({ name, host, errorMessage }) => [name, host, errorMessage])).toEqual([
      ['schedule', null, null],
      ['wire-ports', null, 'no bridge'],
    ])
    const forAdmin = await showOperation({ ctx: admin(), input: { id } })
    expect(forAdmin.steps[1]?.host).toBe('host1')
    expect(forAdmin.errorDetail).toEqual({ hosts: ['host1'] })
  })

  it("does not know another project's", async () => {
    const { ctx } = await makeTenant(cloud)
    const id = await makeOperation((await makeTenant(cloud)).project.id)
    for (const verb of [showOperation, cancelOperation, retryOperation])
      await expect(verb({ ctx, input: { id } })).rejects.toEqual(code('not_found'))
    const nobodys = await makeOperation(null)
    await expect(showOperation({ ctx, input: { id: nobodys } })).rejects.toEqual(code('not_found'))
  })
})

describe('operation.operations.cancel', () => {
  it('asks the holder to stop, by the row and at once, and says the same when asked again', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const id = await makeOperation(project.id, { status: 'running' })
    cloud.kicked.length = 0
    expect(await cancelOperation({ ctx, input: { id } })).toMatchObject({ id, cancelRequested: true })
    expect((await read(id)).cancelRequested).toBe(true)
    expect(cloud.kicked.map(({ channel, subject }) => [channel, subject])).toContainEqual([
      'live',
      `live.cancel.${id}`,
    ])
    expect(eventsIn(cloud.kicked)).toMatchObject([
      { noun: 'operation', change: 'updated', id, data: { cancelRequested: true } },
    ])
    expect(await cancelOperation({ ctx, input: { id } })).toMatchObject({ cancelRequested: true })
    const { items } = await listAudit({ ctx, input: { resourceId: id } })
    expect(items.map(({ verb }) => verb)).toEqual(['operation.operations.cancel'])
  })

  it.each([
    ['succeeded', 'instance-create', /ended/],
    ['undoing', 'instance-create', /taken back/],
    ['running', 'instance-delete', /cannot be stopped/],
    ['queued', 'image-delete', /cannot be stopped/],
  ] as const)('refuses what is %s of kind %s', async (status, kind, why) => {
    const { project, ctx } = await makeTenant(cloud)
    const id = await makeOperation(project.id, { status, kind })
    await expect(cancelOperation({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      message: why,
    })
    expect((await read(id)).cancelRequested).toBe(false)
  })

  it('needs the role member', async () => {
    const { project, ctx } = await makeTenant(cloud, 'reader')
    const id = await makeOperation(project.id)
    await expect(cancelOperation({ ctx, input: { id } })).rejects.toEqual(code('forbidden'))
    await expect(retryOperation({ ctx, input: { id } })).rejects.toEqual(code('forbidden'))
  })
})

describe('operation.operations.retry', () => {
  const broken = async (
    ctx: Ctx,
    projectId: string,
    kind: string,
    instance: Partial<Prisma.InstanceUncheckedCreateInput>,
  ) => {
    const { id: instanceId } = await makeInstance(cloud, { projectId, ...instance })
    const id = await makeOperation(projectId, failed({ kind, resourceId: instanceId }))
    await cloud.db.operationStep.create({
      data: { operationId: id, position: 1, name: 'wire-ports', status: 'failed' },
    })
    return { id, instanceId, retry: () => retryOperation({ ctx, input: { id } }) }
  }

  it('builds an instance whose creation failed once more, from the scheduler on', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const { id, instanceId, retry } = await broken(ctx, project.id, 'instance-create', {
      vmState: 'error',
      powerState: 0,
      faultCode: 500,
      faultMessage: 'QEMU ended.',
      faultAt: new Date(),
    })
    expect(await retry()).toMatchObject({ id, status: 'queued', errorCode: null, endedAt: null })
    expect(await read(id)).toMatchObject({
      status: 'queued',
      errorCode: null,
      errorMessage: null,
      errorDetail: null,
      attempt: 0,
      leaseToken: 5,
      startedAt: null,
      endedAt: null,
      steps: [],
    })
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({
      vmState: 'building',
      taskState: 'scheduling',
      faultMessage: null,
    })
    expect((await jobsOf(id)).map(({ subject }) => subject)).toEqual(['job.scheduler.any.instance.schedule'])
    expect((await listAudit({ ctx, input: { verb: 'operation.operations' } })).items).toHaveLength(1)
    await expect(retry()).rejects.toMatchObject({ code: 'conflict', message: /still under way/ })
  })

  it('goes on with the host that a broken instance still has', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const { id, instanceId, retry } = await broken(ctx, project.id, 'instance-create', {
      vmState: 'error',
      hostId: host.id,
    })
    await retry()
    expect((await jobsOf(id)).map(({ subject }) => subject)).toEqual([
      `job.compute.${host.name}.instance.create`,
    ])
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({
      taskState: 'networking',
    })
  })

  it.each([
    ['instance-start', 'stopped', {}, 'powering-on', 'instance.start'],
    ['instance-stop', 'active', {}, 'powering-off', 'instance.stop'],
    ['instance-reboot', 'active', { type: 'soft' }, 'rebooting', 'instance.reboot'],
    [
      'instance-reboot',
      'stopped',
      { action: 'rebootHard', type: 'hard' },
      'rebooting_hard',
      'instance.reboot',
    ],
    ['instance-delete', 'error', {}, 'deleting', 'instance.delete'],
  ] as const)('runs %s again on an instance that is %s', async (kind, vmState, input, taskState, job) => {
    const { project, ctx } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const { id, instanceId, retry } = await broken(ctx, project.id, kind, { vmState, hostId: host.id })
    await cloud.db.operation.update({ where: { id }, data: { input } })
    await retry()
    expect((await jobsOf(id)).map(({ subject }) => subject)).toEqual([`job.compute.${host.name}.${job}`])
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id: instanceId } })).toMatchObject({
      taskState,
    })
  })

  it('changes nothing when the state of the instance does not allow it, and says why', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const cases = [
      [
        await broken(ctx, project.id, 'instance-start', { vmState: 'active', hostId: host.id }),
        /must be stopped/,
      ],
      [
        await broken(ctx, project.id, 'instance-create', { vmState: 'active' }),
        /not one whose creation failed/,
      ],
      [
        await broken(ctx, project.id, 'instance-delete', { vmState: 'active', taskState: 'deleting' }),
        /already/,
      ],
      [await broken(ctx, project.id, 'instance-stop', { vmState: 'active' }), /on no host/],
    ] as const
    for (const [{ id, retry }, why] of cases) {
      await expect(retry()).rejects.toMatchObject({ code: 'conflict', message: why })
      expect(await read(id)).toMatchObject({ status: 'failed', attempt: 3, leaseToken: 4 })
      expect((await read(id)).steps).toHaveLength(1)
      expect(await jobsOf(id)).toEqual([])
    }
  })

  it('does not know an instance that is gone', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const id = await makeOperation(project.id, failed({ kind: 'instance-start' }))
    await expect(retryOperation({ ctx, input: { id } })).rejects.toEqual(code('not_found'))
    expect((await read(id)).status).toBe('failed')
  })

  it('removes a network once more, unless it is in use again', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const network = await makeNetwork(cloud, { projectId: project.id })
    const id = await makeOperation(project.id, failed({ kind: 'network-delete', resourceId: network.id }))
    await retryOperation({ ctx, input: { id } })
    expect((await jobsOf(id)).map(({ subject }) => subject)).toEqual(['job.scheduler.any.network.delete'])
    expect(await cloud.db.network.findUniqueOrThrow({ where: { id: network.id } })).toMatchObject({
      deleting: true,
    })
  })

  it('removes what is left of an image once more', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const image = await makeImage(cloud, { projectId: project.id, status: 'deleted' })
    const id = await makeOperation(project.id, failed({ kind: 'image-delete', resourceId: image.id }))
    await retryOperation({ ctx, input: { id } })
    expect((await jobsOf(id)).map(({ subject }) => subject)).toEqual(['job.image.any.image.delete'])
  })

  it('refuses kinds that cannot run again, and what succeeded', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const upload = await makeOperation(project.id, failed({ kind: 'image-upload' }))
    await expect(retryOperation({ ctx, input: { id: upload } })).rejects.toMatchObject({
      message: /start it anew/,
    })
    const done = await makeOperation(project.id, { status: 'succeeded' })
    await expect(retryOperation({ ctx, input: { id: done } })).rejects.toMatchObject({ message: /succeeded/ })
  })

  it('runs once when two ask at the same moment', async () => {
    const { project, ctx } = await makeTenant(cloud)
    const { id, retry } = await broken(ctx, project.id, 'instance-create', { vmState: 'error' })
    const results = await Promise.allSettled([retry(), retry(), retry()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await jobsOf(id)).toHaveLength(1)
  })
})

describe('operation.audit.list', () => {
  it('shows the own project, filtered, without addresses; everything to administrators', async () => {
    const { project, ctx } = await makeTenant(cloud, 'reader')
    const line = (projectId: string | null, verb: string, at: number) => ({
      id: newId(),
      at: new Date(at),
      requestId: `req-${verb}`,
      actorType: 'user',
      userName: 'ada',
      projectId,
      verb,
      resourceType: 'instance',
      resourceId: newId(),
      resourceName: 'web',
      address: '192.0.2.7',
    })
    const mine = [
      line(project.id, 'compute.instances.create', 1_000),
      line(project.id, 'image.images.create', 2_000),
    ]
    const foreign = line(null, 'identity.users.create', 3_000)
    await cloud.db.audit.createMany({ data: [...mine, foreign] })
    const ids = async (input: Parameters<typeof listAudit>[0]['input']) =>
      (await listAudit({ ctx, input })).items.map(({ id }) => id)
    expect(await ids({})).toEqual([mine[1]!.id, mine[0]!.id])
    expect(await ids({ verb: 'compute.instances' })).toEqual([mine[0]!.id])
    expect(await ids({ verb: 'compute.inst' })).toEqual([])
    expect(await ids({ from: new Date(1_500) })).toEqual([mine[1]!.id])
    expect(await ids({ to: new Date(1_500) })).toEqual([mine[0]!.id])
    expect(await ids({ search: 'ad', limit: 1 })).toEqual([mine[1]!.id])
    expect((await listAudit({ ctx, input: {} })).items[0]?.address).toBeNull()
    await expect(listAudit({ ctx, input: { allProjects: true } })).rejects.toEqual(code('forbidden'))
    const all = await listAudit({ ctx: admin(), input: { allProjects: true, requestId: foreign.requestId } })
    expect(all.items).toMatchObject([{ id: foreign.id, address: '192.0.2.7' }])
  })
})
