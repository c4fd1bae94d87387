import type { Flavor, Image, KeyPair, Network } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  eventsIn,
  makeFlavor,
  makeImage,
  makeNetwork,
  makeProject,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { importKeyPair } from '../key-pairs/index.ts'
import { createInstance, listInstances, showInstance } from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

interface Tenant {
  ctx: Ctx
  projectId: string
  flavor: Flavor
  image: Image
  network: Network
}

async function tenant(): Promise<Tenant> {
  const { ctx, project } = await makeTenant(cloud)
  const projectId = project.id
  const [flavor, image, network] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId }),
    makeNetwork(cloud, { projectId }),
  ])
  return { ctx, projectId, flavor, image, network }
}

const inputOf = ({ flavor, image, network }: Tenant) => ({
  name: 'web',
  flavorId: flavor.id,
  imageId: image.id,
  networkIds: [network.id],
})

const usedQuota = async (projectId: string) =>
  Object.fromEntries(
    (await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId } })).map((row) => [
      row.resource,
      row.used,
    ]),
  )

describe('what is written', () => {
  test('one instance: row, port, quota, operation, audit, job and event', async () => {
    const own = await tenant()
    const before = cloud.kicked.length
    const { reservationId, instances } = await createInstance({
      ctx: own.ctx,
      input: { ...inputOf(own), name: 'My Web', metadata: { tier: 'front' }, userData: '#!/bin/sh\n' },
    })
    expect(reservationId).toMatch(/^r-[a-z0-9]{8}$/)
    expect(instances).toHaveLength(1)
    const { id, operationId } = instances[0]!

    const detail = await showInstance({ ctx: own.ctx, input: { id } })
    expect(detail).toMatchObject({
      name: 'My Web',
      hostname: 'my-web',
      vmState: 'building',
      taskState: 'scheduling',
      status: 'BUILD',
      hostName: null,
      metadata: { tier: 'front' },
      userDataBytes: 10,
      flavorName: own.flavor.name,
      imageName: own.image.name,
    })
    expect(detail.addresses).toHaveLength(1)
    expect(detail.addresses[0]).toMatchObject({ networkId: own.network.id, networkName: own.network.name })
    expect(detail.ports[0]?.fixedIps[0]?.ipAddress).toBe(detail.addresses[0]?.ip)
    expect(await usedQuota(own.projectId)).toMatchObject({ instances: 1, cores: 1, ram: 128, ports: 1 })

    const rows = cloud.kicked.slice(before)
    const job = rows.find((row) => row.channel === 'job')
    expect(job).toMatchObject({
      subject: 'job.scheduler.any.instance.schedule',
      payload: { operationId, instanceId: id },
    })
    const event = eventsIn(rows).find(({ noun }) => noun === 'instance')
    const [listed] = (await listInstances({ ctx: own.ctx, input: {} })).items
    expect(event).toMatchObject({
      change: 'created',
      audience: { kind: 'project', projectId: own.projectId },
    })
    expect(event?.data).toEqual(JSON.parse(JSON.stringify(listed)))
    expect(await cloud.db.audit.count({ where: { resourceId: id, verb: 'compute.instances.create' } })).toBe(
      1,
    )
  })

  test('several at once get numbers, one reservation and an address each', async () => {
    const own = await tenant()
    const { instances } = await createInstance({ ctx: own.ctx, input: { ...inputOf(own), count: 3 } })
    expect(instances.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-3'])
    const { items } = await listInstances({
      ctx: own.ctx,
      input: { sort: { by: 'name', dir: 'asc' } },
    })
    expect(new Set(items.map(({ addresses }) => addresses[0]?.ip)).size).toBe(3)
    expect(new Set(instances.map(({ operationId }) => operationId)).size).toBe(3)
  })

  test('the only network is taken when none is named', async () => {
    const own = await tenant()
    const { instances } = await createInstance({
      ctx: own.ctx,
      input: { ...inputOf(own), networkIds: undefined },
    })
    const detail = await showInstance({ ctx: own.ctx, input: { id: instances[0]!.id } })
    expect(detail.addresses[0]?.networkId).toBe(own.network.id)
  })

  test('the key of the user is copied', async () => {
    const own = await tenant()
    const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7ImOHSmbtTYHQxNNxQnpPXjJ1DAv1QdQ0mD2bM5l1g key'
    const key = await importKeyPair({ ctx: own.ctx, input: { name: 'mine', publicKey: line } })
    const { instances } = await createInstance({ ctx: own.ctx, input: { ...inputOf(own), keyName: 'mine' } })
    const detail = await showInstance({ ctx: own.ctx, input: { id: instances[0]!.id } })
    expect(detail).toMatchObject({ keyName: 'mine', keyPublic: (key as unknown as KeyPair).publicKey })
  })
})

describe('what does not fit is refused and nothing changes', () => {
  const refuse = async (
    own: Tenant,
    input: Partial<Parameters<typeof createInstance>[0]['input']>,
    expected: { code: string; field?: string },
  ) => {
    await expect(
      createInstance({ ctx: own.ctx, input: { ...inputOf(own), ...input } }),
    ).rejects.toMatchObject(expected)
    expect(await cloud.db.instance.count({ where: { projectId: own.projectId } })).toBe(0)
    expect(await cloud.db.port.count({ where: { projectId: own.projectId } })).toBe(0)
    expect(Object.values(await usedQuota(own.projectId)).filter((used) => used !== 0)).toEqual([])
  }
  const missing = '0190c0de-0000-7000-8000-000000000001'

  test('an unknown, private or disabled flavor', async () => {
    const own = await tenant()
    await refuse(own, { flavorId: 'nope' }, { code: 'invalid_input', field: 'flavorId' })
    const hidden = await makeFlavor(cloud, { isPublic: false })
    await refuse(own, { flavorId: hidden.id }, { code: 'invalid_input', field: 'flavorId' })
    const disabled = await makeFlavor(cloud, { disabled: true })
    await refuse(own, { flavorId: disabled.id }, { code: 'invalid_input', field: 'flavorId' })
  })

  test('an image that is unknown, of others, not active or too large', async () => {
    const own = await tenant()
    const stranger = await makeImage(cloud, { projectId: (await makeProject(cloud)).id })
    const queued = await makeImage(cloud, { projectId: own.projectId, status: 'queued' })
    for (const image of [{ id: missing }, stranger, queued])
      await refuse(own, { imageId: image.id }, { code: 'invalid_input', field: 'imageId' })
    const wide = await makeImage(cloud, { projectId: own.projectId, virtualSize: 2n * 1024n ** 3n })
    const hungry = await makeImage(cloud, { projectId: own.projectId, minRamMib: 4096 })
    const deep = await makeImage(cloud, { projectId: own.projectId, minDiskGib: 5 })
    for (const image of [wide, hungry, deep])
      await refuse(own, { imageId: image.id }, { code: 'invalid_input', field: 'flavorId' })
  })

  test('networks: unknown, of others, without a subnet, twice, or several and none chosen', async () => {
    const own = await tenant()
    const stranger = await makeNetwork(cloud, { projectId: (await makeProject(cloud)).id })
    await refuse(own, { networkIds: [missing] }, { code: 'not_found' })
    await refuse(own, { networkIds: [stranger.id] }, { code: 'not_found' })
    await refuse(own, { networkIds: [own.network.id, own.network.id] }, { code: 'invalid_input' })
    const bare = await makeNetwork(cloud, { projectId: own.projectId, subnet: null })
    await refuse(own, { networkIds: [bare.id] }, { code: 'invalid_input', field: 'networkIds' })
    await refuse(own, { networkIds: [] }, { code: 'conflict', field: 'networkIds' })
  })

  test('a key pair or zone that is not there, and numbers and names out of bounds', async () => {
    const own = await tenant()
    await refuse(own, { keyName: 'nope' }, { code: 'invalid_input', field: 'keyName' })
    await refuse(own, { availabilityZone: 'moon' }, { code: 'invalid_input', field: 'availabilityZone' })
    await refuse(own, { count: 0 }, { code: 'invalid_input', field: 'count' })
    await refuse(own, { count: 101 }, { code: 'invalid_input', field: 'count' })
    await refuse(own, { name: '\u0007' }, { code: 'invalid_input', field: 'name' })
    await refuse(own, { name: 'n'.repeat(255), count: 2 }, { code: 'invalid_input', field: 'name' })
    await refuse(own, { userData: '#'.repeat(65_536) }, { code: 'invalid_input', field: 'userData' })
  })

  test('a full network', async () => {
    const own = await tenant()
    const tiny = await makeNetwork(cloud, {
      projectId: own.projectId,
      subnet: { cidr: '10.9.0.0/29', pools: [{ start: '10.9.0.2', end: '10.9.0.3' }] },
    })
    await refuse(own, { networkIds: [tiny.id], count: 3 }, { code: 'conflict' })
  })

  test('more than the quota', async () => {
    const own = await tenant()
    await refuse(own, { count: 11 }, { code: 'quota_exceeded' })
    const big = await makeFlavor(cloud, { vcpus: 21 })
    await refuse(own, { flavorId: big.id }, { code: 'quota_exceeded' })
  })
})

test('50 creates at once against a quota of 10 make exactly 10', async () => {
  const own = await tenant()
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => createInstance({ ctx: own.ctx, input: inputOf(own) })),
  )
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  expect(refused.map(({ code }) => code)).toEqual(Array(40).fill('quota_exceeded'))
  expect(await cloud.db.instance.count({ where: { projectId: own.projectId } })).toBe(10)
  expect(await cloud.db.port.count({ where: { projectId: own.projectId } })).toBe(10)
  expect(await usedQuota(own.projectId)).toMatchObject({ instances: 10, cores: 10, ram: 1280, ports: 10 })
})
