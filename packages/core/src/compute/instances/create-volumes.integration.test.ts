import type { Flavor, Network } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx, NephosError } from '../../kernel/index.ts'
import {
  createTestCloud,
  makeFlavor,
  makeImage,
  makeNetwork,
  makeTenant,
  makeVolume,
  makeVolumeBackend,
  makeVolumeSnapshot,
  makeVolumeType,
  type TestCloud,
} from '../../testing/index.ts'
import { createInstance } from './index.ts'

let cloud: TestCloud
let typeId: string
let flavor: Flavor
beforeAll(async () => {
  cloud = await createTestCloud()
  typeId = (await makeVolumeType(cloud, { name: 'standard' })).id
  flavor = await makeFlavor(cloud, { diskGib: 3 })
})
afterAll(() => cloud.close())

interface Tenant {
  ctx: Ctx
  projectId: string
  network: Network
}
async function tenant(): Promise<Tenant> {
  const { ctx, project } = await makeTenant(cloud)
  return { ctx, projectId: project.id, network: await makeNetwork(cloud, { projectId: project.id }) }
}
const create = ({ ctx, network }: Tenant, input: object) =>
  createInstance({
    ctx,
    input: { name: 'web', flavorId: flavor.id, networkIds: [network.id], ...input } as never,
  })
const refused = (work: Promise<unknown>): Promise<NephosError> =>
  work.then(
    () => {
      throw new Error('it was not refused')
    },
    (error) => error,
  )
const attachmentsOf = (instanceId: string) =>
  cloud.db.volumeAttachment.findMany({
    where: { instanceId },
    include: { volume: true },
    orderBy: { device: 'asc' },
  })
const instancesOf = ({ projectId }: Tenant) => cloud.db.instance.count({ where: { projectId } })

describe('a new instance with volumes', () => {
  test('boots from one that is made of an image, beside one that is there and an empty one', async () => {
    const own = await tenant()
    const { projectId } = own
    const image = await makeImage(cloud, { projectId, name: 'debian', properties: { hw_disk_bus: 'scsi' } })
    const there = await makeVolume(cloud, { projectId, typeId, readOnly: true })
    const before = cloud.kicked.length
    const { instances } = await create(own, {
      volumes: [
        { imageId: image.id, bootIndex: 0, deleteOnTermination: true },
        { volumeId: there.id, device: 'sdd' },
        { sizeGib: 2, name: 'scratch', tag: 'scratch' },
      ],
    })
    const { id } = instances[0]!
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id } })).toMatchObject({
      imageId: null,
      imageName: 'debian',
      diskGib: 0,
    })
    const attachments = await attachmentsOf(id)
    expect(attachments).toMatchObject([
      {
        ...{ device: '/dev/sda', bootIndex: 0, deleteOnTermination: true, status: 'reserved' },
        volume: { name: 'web sda', sizeGib: 3, status: 'creating', bootable: true, imageId: image.id },
      },
      { device: '/dev/sdb', tag: 'scratch', volume: { name: 'scratch', sizeGib: 2, status: 'creating' } },
      // A read-only volume is never attached otherwise.
      { device: '/dev/sdd', mode: 'ro', volumeId: there.id, volume: { status: 'reserved' } },
    ])
    const scheduled = cloud.kicked
      .slice(before)
      .filter(({ subject }) => subject === 'job.scheduler.any.volume.schedule')
    expect(scheduled).toHaveLength(2)
    const used = await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId, used: { gt: 0 } } })
    expect(Object.fromEntries(used.map((row) => [row.resource, row.used]))).toMatchObject({
      ...{ instances: 1, volumes: 2, gigabytes: 5, volumes_standard: 2 },
    })
  })

  test('is bound to the host from which alone its volumes are reached', async () => {
    const own = await tenant()
    const { projectId } = own
    const local = { acrossHosts: 'It is on this host only.' }
    const [here, there] = await Promise.all([
      makeVolumeBackend(cloud, { abilities: local }),
      makeVolumeBackend(cloud, { abilities: local }),
    ])
    const root = await makeVolume(cloud, { projectId, typeId, backendId: here.id, bootable: true })
    const other = await makeVolume(cloud, { projectId, typeId, backendId: there.id })
    const snapshot = await makeVolumeSnapshot(cloud, other)
    const volumes = [{ volumeId: root.id, bootIndex: 0 }, { snapshotId: snapshot.id }]
    expect(await refused(create(own, { volumes }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('reached from there only'),
    })
    const { instances } = await create(own, { volumes: volumes.slice(0, 1) })
    const { hints } = await cloud.db.instance.findUniqueOrThrow({ where: { id: instances[0]!.id } })
    expect(hints).toMatchObject({ host: here.hostName })
  })

  test('is not made, and nothing set aside, when the quota does not do for its volumes', async () => {
    const own = await tenant()
    const { projectId } = own
    const image = await makeImage(cloud, { projectId })
    const there = await makeVolume(cloud, { projectId, typeId })
    await cloud.db.quotaLimit.create({ data: { projectId, resource: 'volumes', limit: 1 } })
    const input = {
      imageId: image.id,
      count: 1,
      volumes: [{ volumeId: there.id }, { sizeGib: 1 }, { sizeGib: 1 }],
    }
    expect(await refused(create(own, input))).toMatchObject({
      code: 'quota_exceeded',
      detail: { resource: 'volumes', limit: 1 },
    })
    expect(await instancesOf(own)).toBe(0)
    expect(await cloud.db.volume.findMany({ where: { projectId } })).toMatchObject([
      { id: there.id, status: 'available' },
    ])
    const used = await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId, used: { gt: 0 } } })
    expect(used.filter(({ resource }) => resource !== 'networks')).toEqual([])
  })

  test('is refused with the field that is wrong', async () => {
    const own = await tenant()
    const { projectId } = own
    const image = await makeImage(cloud, { projectId, virtualSize: 2n * 1024n ** 3n })
    const busy = await makeVolume(cloud, { projectId, typeId, status: 'extending' })
    const data = await makeVolume(cloud, { projectId, typeId })
    const foreign = await makeVolume(cloud, { projectId: (await tenant()).projectId, typeId, bootable: true })
    const cases: [object, object][] = [
      [{}, { code: 'invalid_input', field: 'imageId' }],
      [{ volumes: [{ sizeGib: 1, bootIndex: 0 }] }, { code: 'invalid_input', field: 'volumes.0.bootIndex' }],
      [
        { volumes: [{ volumeId: data.id, bootIndex: 0 }] },
        { code: 'invalid_input', field: 'volumes.0.volumeId' },
      ],
      [
        { volumes: [{ volumeId: foreign.id, bootIndex: 0 }] },
        { code: 'invalid_input', field: 'volumes.0.volumeId' },
      ],
      [{ imageId: image.id, volumes: [{ volumeId: foreign.id }] }, { code: 'not_found' }],
      [{ imageId: image.id, volumes: [{ volumeId: busy.id }] }, { code: 'conflict' }],
      [
        { imageId: image.id, volumes: [{ sizeGib: 1 }, { imageId: image.id, sizeGib: 1 }] },
        { code: 'invalid_input', field: 'volumes.1.sizeGib' },
      ],
      [
        { imageId: image.id, count: 2, volumes: [{ volumeId: data.id }] },
        { code: 'invalid_input', field: 'volumes.0.volumeId' },
      ],
      [
        { imageId: image.id, volumes: [{ sizeGib: 1, device: 'vda' }] },
        { code: 'conflict', field: 'device' },
      ],
    ]
    for (const [input, error] of cases) expect(await refused(create(own, input))).toMatchObject(error)
    expect(await instancesOf(own)).toBe(0)
  })
})
