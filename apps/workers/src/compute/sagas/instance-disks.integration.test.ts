import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  backUpInstance,
  createInstanceImage,
  imageStore,
  NephosError,
  offloadInstance,
  rebuildInstance,
  retryOperation,
  shelveInstance,
  stopInstance,
  unshelveInstance,
} from '@nephos/core'
import { createTestCloud, makeHost, makeImage, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { NetworkStandIn } from '../../testing/network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from '../../testing/tenant.ts'
import type { ComputeDeps } from '../deps.ts'
import { SimulatedDriver } from '../drivers/simulated/driver.ts'
import { instanceCreate } from './instance-create.ts'
import { instanceBackup, instanceImage } from './instance-image.ts'
import { instanceRebuild } from './instance-rebuild.ts'
import { instanceOffload, instanceShelve } from './instance-shelve.ts'
import { instanceStop } from './instance-stop.ts'
import { instanceUnshelve } from './instance-unshelve.ts'
import type { InstanceState } from './load.ts'

const hostName = 'host1'
const network = new NetworkStandIn()
let cloud: TestCloud
let instancesDir: string
let tenant: WorkerTenant
let deps: ComputeDeps
let hostId: string
let otherImageId: string

beforeAll(async () => {
  instancesDir = await mkdtemp(join(tmpdir(), 'nephos-disks-'))
  cloud = await createTestCloud({ services: { ask: network.ask } })
  hostId = (await makeHost(cloud, { name: hostName, vcpus: 10_000, ramMib: 10_000_000, diskGib: 100_000 })).id
  tenant = await makeWorkerTenant(cloud)
  await cloud.db.quotaLimit.create({ data: { projectId: tenant.projectId, resource: 'images', limit: -1 } })
  const other = await makeImage(cloud, {
    projectId: tenant.projectId,
    name: 'other',
    hashAlgo: 'sha512',
    hashValue: 'ab'.repeat(64),
    locations: { create: { store: 'file', key: '0190c0de-other-image' } },
    properties: { hw_vif_model: 'virtio' },
  })
  otherImageId = other.id
  const driver = new SimulatedDriver({
    instancesDir,
    vcpus: 1,
    ramMib: 1,
    diskGib: 1,
    consoleLogBytes: 65_536,
    bootMs: 1,
  })
  deps = { services: cloud.services, driver, hostName, log: pino({ level: 'silent' }) }
})
afterAll(async () => {
  await deps.driver.close()
  await cloud.close()
  await rm(instancesDir, { recursive: true, force: true })
})

interface Fixture extends SagaFixture {
  id: string
  imageId: string
}

/** Stands for a saga until the driver exists; the tests bind each case to the real one. */
const named = (make: (deps: ComputeDeps) => Saga<InstanceState>): Saga<InstanceState> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)
const run = (saga: Saga<InstanceState>, operationId: string) =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })
const withOffloadTime = (shelvedOffloadTime: number): ComputeDeps => ({
  ...deps,
  services: { ...deps.services, config: { ...deps.services.config, shelvedOffloadTime } },
})

/** What the scheduler's claim writes. */
async function claim(id: string, taskState: string | undefined) {
  const { vcpus, ramMib, diskGib } = await cloud.db.instance.update({
    where: { id },
    data: { hostId, generation: { increment: 1 }, ...(taskState && { taskState }) },
  })
  await cloud.db.allocation.create({
    data: { consumerId: id, instanceId: id, hostId, vcpus, ramMib, diskGib },
  })
  await cloud.db.host.update({
    where: { id: hostId },
    data: {
      usedVcpus: { increment: vcpus },
      usedRamMib: { increment: ramMib },
      usedDiskGib: { increment: diskGib },
      instanceCount: { increment: 1 },
    },
  })
}

async function active({
  name = 'web',
  ...fields
}: {
  name?: string
  configDrive?: boolean
  imageProperties?: Record<string, string>
} = {}): Promise<string> {
  const [created] = await tenant.create({ name })
  const { id, operationId } = created!
  await cloud.db.instance.update({ where: { id }, data: fields })
  await claim(id, 'networking')
  await run(instanceCreate(deps), operationId)
  return id
}

async function stopped(): Promise<string> {
  const id = await active()
  await run(instanceStop(deps), (await stopInstance({ ctx: tenant.ctx, input: { id } })).operationId)
  return id
}

const stateOf = (id: string) => cloud.db.instance.findUniqueOrThrow({ where: { id } })
const imageOf = (id: string) => cloud.db.image.findUniqueOrThrow({ where: { id } })
const powerOf = async (id: string) => (await deps.driver.status(id)).powerState
const filesOf = (id: string) => readdirSync(join(instancesDir, id)).sort()
/** What the machine's root disk was made from. */
const diskOf = (id: string): string =>
  JSON.parse(
    readFileSync(join(instancesDir, id, 'simulated.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .at(-1)!,
  ).imageId
const ownFiles = ['console.log', 'simulated.jsonl']

async function storedFilesOf(imageId: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of imageStore(cloud.config).list()) if (key.startsWith(imageId)) keys.push(key)
  return keys
}

async function expectNoImage(imageId: string) {
  expect((await imageOf(imageId)).status).toBe('deleted')
  // Its file, if there was one, is removed by the operation of the delete.
  const removal = await cloud.db.operation.count({
    where: { resourceId: imageId, kind: 'image-delete', status: 'queued' },
  })
  expect(removal).toBe(1)
}

async function expectUntouched(id: string, power: 1 | 4 = 1) {
  expect(await stateOf(id)).toMatchObject({
    vmState: power === 1 ? 'active' : 'stopped',
    taskState: null,
    shelvedImageId: null,
  })
  expect(await powerOf(id)).toBe(power)
  expect(filesOf(id)).toEqual(ownFiles)
}

async function expectWholeImage(imageId: string, id: string) {
  const image = await imageOf(imageId)
  expect(image).toMatchObject({ status: 'active', diskFormat: 'qcow2', instanceId: id, minDiskGib: 1 })
  expect(Number(image.virtualSize)).toBe(1024 ** 3)
  expect(image.properties).toMatchObject({ instance_uuid: id, base_image_ref: expect.any(String) })
  expect(await storedFilesOf(imageId)).toHaveLength(1)
}

async function expectUsageIsAllocations() {
  const host = await cloud.db.host.findUniqueOrThrow({ where: { id: hostId } })
  const { _sum, _count } = await cloud.db.allocation.aggregate({
    where: { hostId },
    _sum: { vcpus: true },
    _count: true,
  })
  expect([host.usedVcpus, host.instanceCount]).toEqual([_sum.vcpus ?? 0, _count])
}

testSaga<InstanceState, Fixture>(named(instanceImage), {
  setup: async () => {
    const id = await active()
    return {
      db: cloud.db,
      id,
      ...(await createInstanceImage({ ctx: tenant.ctx, input: { id, name: 'copy' } })),
    }
  },
  sagaFor: () => instanceImage(deps),
  assertDone: async ({ id, imageId }) => {
    await expectUntouched(id)
    await expectWholeImage(imageId, id)
  },
  assertClean: async ({ id, imageId }) => {
    await expectUntouched(id)
    await expectNoImage(imageId)
  },
})

testSaga<InstanceState, Fixture>(named(instanceBackup), {
  setup: async () => {
    const id = await stopped()
    const accepted = await backUpInstance({
      ctx: tenant.ctx,
      input: { id, name: 'nightly', backupType: 'daily', rotation: 1 },
    })
    return { db: cloud.db, id, ...accepted }
  },
  sagaFor: () => instanceBackup(deps),
  assertDone: async ({ id, imageId }) => {
    await expectUntouched(id, 4)
    await expectWholeImage(imageId, id)
    expect((await imageOf(imageId)).backupType).toBe('daily')
  },
  assertClean: async ({ id, imageId }) => {
    await expectUntouched(id, 4)
    await expectNoImage(imageId)
  },
})

testSaga<InstanceState, Fixture>(named(instanceShelve), {
  setup: async () => {
    const id = await active()
    const accepted = await shelveInstance({ ctx: tenant.ctx, input: { id } })
    return { db: cloud.db, id, ...accepted, imageId: accepted.imageId! }
  },
  sagaFor: () => instanceShelve(deps),
  assertDone: async ({ id, imageId }) => {
    // Its way off the host began in the same transaction.
    expect(await stateOf(id)).toMatchObject({
      vmState: 'shelved',
      taskState: 'shelving_offloading',
      shelvedImageId: imageId,
    })
    expect(
      await cloud.db.operation.count({
        where: { resourceId: id, kind: 'instance-offload', status: 'queued' },
      }),
    ).toBe(1)
    expect(await powerOf(id)).toBe(4)
    await expectWholeImage(imageId, id)
    expect((await imageOf(imageId)).name).toBe('web-shelved')
  },
  assertClean: async ({ id, imageId }) => {
    await expectUntouched(id)
    await expectNoImage(imageId)
  },
})

async function shelved(): Promise<string> {
  const id = await active()
  const { operationId } = await shelveInstance({ ctx: tenant.ctx, input: { id } })
  await run(instanceShelve(withOffloadTime(-1)), operationId)
  expect(await stateOf(id)).toMatchObject({ vmState: 'shelved', taskState: null, hostId })
  return id
}
const systemCtx = () => ({ ...tenant.ctx, actor: { kind: 'system' as const, name: 'test' } })
async function offloaded(): Promise<string> {
  const id = await shelved()
  await run(instanceOffload(deps), (await offloadInstance({ ctx: systemCtx(), input: { id } })).operationId)
  return id
}

testSaga<InstanceState, Fixture>(named(instanceOffload), {
  setup: async () => {
    const id = await shelved()
    const { operationId } = await offloadInstance({ ctx: systemCtx(), input: { id } })
    return { db: cloud.db, id, operationId, imageId: (await stateOf(id)).shelvedImageId! }
  },
  sagaFor: () => instanceOffload(deps),
  assertDone: async ({ id, imageId }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'shelved_offloaded', taskState: null, hostId: null })
    expect(existsSync(join(instancesDir, id))).toBe(false)
    expect(await cloud.db.allocation.count({ where: { instanceId: id } })).toBe(0)
    expect(await cloud.db.port.count({ where: { instanceId: id } })).toBe(1)
    expect((await imageOf(imageId)).status).toBe('active')
    await expectUsageIsAllocations()
  },
  // It can be asked for again.
  assertClean: async ({ id, imageId }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'shelved', taskState: null, hostId })
    expect((await imageOf(imageId)).status).toBe('active')
  },
})

testSaga<InstanceState, Fixture>(named(instanceUnshelve), {
  setup: async () => {
    const id = await offloaded()
    const { operationId } = await unshelveInstance({ ctx: tenant.ctx, input: { id } })
    const imageId = (await stateOf(id)).shelvedImageId!
    await claim(id, undefined)
    return { db: cloud.db, id, operationId, imageId }
  },
  sagaFor: () => instanceUnshelve(deps),
  assertDone: async ({ id, imageId }) => {
    expect(await stateOf(id)).toMatchObject({
      vmState: 'active',
      taskState: null,
      hostId,
      shelvedImageId: null,
      shelvedAt: null,
      base: { imageId },
    })
    expect(await powerOf(id)).toBe(1)
    expect(diskOf(id)).toBe(imageId)
    await expectNoImage(imageId)
    await expectUsageIsAllocations()
  },
  assertClean: async ({ id, imageId }) => {
    expect(await stateOf(id)).toMatchObject({
      vmState: 'shelved_offloaded',
      taskState: null,
      hostId: null,
      shelvedImageId: imageId,
    })
    expect((await imageOf(imageId)).status).toBe('active')
    expect(existsSync(join(instancesDir, id))).toBe(false)
    expect(await cloud.db.allocation.count({ where: { instanceId: id } })).toBe(0)
    await expectUsageIsAllocations()
  },
})

testSaga<InstanceState, Fixture>(named(instanceRebuild), {
  pointOfNoReturn: 'start-machine',
  setup: async () => {
    const id = await active({ configDrive: true })
    const { operationId } = await rebuildInstance({ ctx: tenant.ctx, input: { id, imageId: otherImageId } })
    return { db: cloud.db, id, operationId, imageId: diskOf(id) }
  },
  sagaFor: () => instanceRebuild(deps),
  assertDone: async ({ id }) => {
    expect(await stateOf(id)).toMatchObject({
      vmState: 'active',
      taskState: null,
      imageId: otherImageId,
      imageName: 'other',
      imageProperties: { hw_vif_model: 'virtio' },
      base: { imageId: otherImageId },
    })
    expect(await powerOf(id)).toBe(1)
    expect(diskOf(id)).toBe(otherImageId)
    expect(filesOf(id)).toEqual(['config-drive.json', ...ownFiles])
  },
  assertClean: async ({ id, imageId }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, imageId })
    expect(await powerOf(id)).toBe(1)
    expect(diskOf(id)).toBe(imageId)
    expect(filesOf(id)).toEqual(['config-drive.json', ...ownFiles])
  },
})

describe('disks of an instance', () => {
  it('are new after a rebuild, with new name, metadata and user data; one that was stopped stays so', async () => {
    const id = await stopped()
    const { operationId, instance } = await rebuildInstance({
      ctx: tenant.ctx,
      input: { id, name: 'web-2', metadata: { role: 'db' }, userData: '#!/bin/sh\n' },
    })
    expect(instance).toMatchObject({ name: 'web-2', status: 'REBUILD', taskState: 'rebuilding' })
    await run(instanceRebuild(deps), operationId)
    const state = await stateOf(id)
    expect(state).toMatchObject({
      vmState: 'stopped',
      powerState: 4,
      name: 'web-2',
      metadata: { role: 'db' },
    })
    expect(Buffer.from(state.userData!).toString()).toBe('#!/bin/sh\n')
    expect(await powerOf(id)).toBe(4)
  })

  it('are refused an image that is too large for them, or that the project cannot see', async () => {
    const id = await active()
    const large = await makeImage(cloud, {
      projectId: tenant.projectId,
      virtualSize: BigInt(5 * 1024 ** 3),
      hashValue: 'cd'.repeat(64),
    })
    const rebuild = (imageId: string) => rebuildInstance({ ctx: tenant.ctx, input: { id, imageId } })
    await expect(rebuild(large.id)).rejects.toMatchObject({ code: 'invalid_input', field: 'imageId' })
    const foreign = await makeImage(cloud, { projectId: '0'.repeat(32) })
    await expect(rebuild(foreign.id)).rejects.toMatchObject({ code: 'invalid_input', field: 'imageId' })
    await expectUntouched(id)
  })

  it('keep as many backups of a kind as were asked for, and the protected ones', async () => {
    const id = await active()
    const made: string[] = []
    for (const name of ['one', 'two', 'three', 'four']) {
      const { operationId, imageId } = await backUpInstance({
        ctx: tenant.ctx,
        input: { id, name, rotation: 2 },
      })
      await run(instanceBackup(deps), operationId)
      made.push(imageId)
      if (name === 'one') await cloud.db.image.update({ where: { id: imageId }, data: { protected: true } })
    }
    const statuses = await Promise.all(made.map(async (image) => (await imageOf(image)).status))
    expect(statuses).toEqual(['active', 'deleted', 'active', 'active'])
  })

  it('are not copied when the image quota is used up, and the instance stays as it is', async () => {
    const id = await active()
    const where = { projectId_resource: { projectId: tenant.projectId, resource: 'images' } }
    await cloud.db.quotaLimit.update({ where, data: { limit: 0 } })
    try {
      await expect(
        createInstanceImage({ ctx: tenant.ctx, input: { id, name: 'too many' } }),
      ).rejects.toMatchObject({ code: 'quota_exceeded' })
    } finally {
      await cloud.db.quotaLimit.update({ where, data: { limit: -1 } })
    }
    await expectUntouched(id)
  })

  it('come back on the same host while a shelved instance has not left it', async () => {
    const id = await shelved()
    const disk = diskOf(id)
    const { shelvedImageId } = await stateOf(id)
    const { operationId } = await unshelveInstance({ ctx: tenant.ctx, input: { id } })
    await run(instanceUnshelve(deps), operationId)
    expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, hostId })
    expect(diskOf(id)).toBe(disk)
    await expectNoImage(shelvedImageId!)
  })

  it('leave nothing when the image is deleted while it is being made', async () => {
    const id = await active()
    const { operationId, imageId } = await createInstanceImage({
      ctx: tenant.ctx,
      input: { id, name: 'unwanted' },
    })
    await cloud.db.image.update({ where: { id: imageId }, data: { status: 'deleted' } })
    await run(instanceImage(deps), operationId)
    const operation = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(operation).toMatchObject({ status: 'failed', errorCode: 'conflict' })
    await expectUntouched(id)
  })

  it('are copied once more when it failed, to another image', async () => {
    for (const [name, saga, ask] of [
      [
        'instance-image',
        instanceImage,
        (id: string) => createInstanceImage({ ctx: tenant.ctx, input: { id, name: 'late' } }),
      ],
      [
        'instance-backup',
        instanceBackup,
        (id: string) => backUpInstance({ ctx: tenant.ctx, input: { id, name: 'late', rotation: 2 } }),
      ],
      ['instance-shelve', instanceShelve, (id: string) => shelveInstance({ ctx: tenant.ctx, input: { id } })],
    ] as const) {
      const id = await active()
      vi.spyOn(deps.driver.disks, 'export').mockRejectedValueOnce(
        new NephosError('driver_failed', 'Not now.'),
      )
      const { operationId, imageId } = await ask(id)
      await run(saga(deps), operationId)
      await expectUntouched(id)
      await expectNoImage(imageId!)
      await retryOperation({ ctx: tenant.ctx, input: { id: operationId } })
      await run(saga(deps), operationId)
      const { status, kind, input } = await cloud.db.operation.findUniqueOrThrow({
        where: { id: operationId },
      })
      expect({ kind, status }).toEqual({ kind: name, status: 'succeeded' })
      expect(input).not.toMatchObject({ imageId })
      await expectWholeImage((input as { imageId: string }).imageId, id)
    }
  })

  it('are copied in a frozen guest where its image has an agent, and not at all where that is required and fails', async () => {
    const copyOf = async (name: string, imageProperties: Record<string, string>) => {
      const id = await active({ name, imageProperties })
      const { operationId, imageId } = await createInstanceImage({
        ctx: tenant.ctx,
        input: { id, name: 'c' },
      })
      await run(instanceImage(deps), operationId)
      const { status } = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
      const [key] = await storedFilesOf(imageId)
      const body = key && (await text(await imageStore(cloud.config).open(key)))
      return { status, frozen: body ? /simulated disk of [\w-]+, frozen/.test(body) : null }
    }
    const agent = { hw_qemu_guest_agent: 'yes' }
    const required = { ...agent, os_require_quiesce: 'yes' }
    expect(await copyOf('plain', {})).toEqual({ status: 'succeeded', frozen: false })
    expect(await copyOf('agent', agent)).toEqual({ status: 'succeeded', frozen: true })
    expect(await copyOf('fail-freeze-1', agent)).toEqual({ status: 'succeeded', frozen: false })
    expect(await copyOf('required', required)).toEqual({ status: 'succeeded', frozen: true })
    expect(await copyOf('fail-freeze-2', required)).toEqual({ status: 'failed', frozen: null })
  })
})
