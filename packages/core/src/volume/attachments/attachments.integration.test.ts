import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ctx, type MutationTx, mutate } from '../../kernel/index.ts'
import {
  createTestCloud,
  eventsIn,
  makeInstance,
  makeTenant,
  makeVolume,
  makeVolumeType,
  type TestCloud,
} from '../../testing/index.ts'
import {
  beginDetach,
  completeAttachment,
  dropAttachment,
  noteConnected,
  noteDisconnected,
  readVolume,
  releaseVolumesOf,
  reserveVolume,
  rollDetach,
  settleStuckVolumes,
} from '../index.ts'

let cloud: TestCloud
let ctx: Ctx
let projectId: string
let typeId: string

beforeAll(async () => {
  cloud = await createTestCloud()
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  typeId = (await makeVolumeType(cloud)).id
})
afterAll(() => cloud.close())

const within = <T>(work: (tx: MutationTx) => Promise<T>) => mutate(ctx, work)
const statusOf = async (id: string) => (await readVolume(cloud.db, id))?.status
const thing = async (fields: { multiattach?: boolean; readOnly?: boolean } = {}) => ({
  volume: await makeVolume(cloud, { projectId, typeId, ...fields }),
  instance: await makeInstance(cloud, { projectId }),
})

test('a volume goes from reserved over attaching to in-use, and back over detaching to available', async () => {
  const { volume, instance } = await thing()
  const wish = { volumeId: volume.id, instanceId: instance.id, projectId }
  const { id } = await within((tx) => reserveVolume(tx, { ...wish, device: '/dev/vdb', bootIndex: null }))
  expect(await statusOf(volume.id)).toBe('reserved')
  await within((tx) => noteConnected(tx, id, 'host1'))
  expect(await statusOf(volume.id)).toBe('attaching')
  const done = await within((tx) => completeAttachment(tx, id, { device: '/dev/vdc' }))
  expect(done).toMatchObject({ status: 'attached', hostName: 'host1', device: '/dev/vdc' })
  expect(await statusOf(volume.id)).toBe('in_use')
  // While the instance moves, two hosts are connected; the one that stays takes over.
  await within((tx) => noteConnected(tx, id, 'host2'))
  await within((tx) => noteDisconnected(tx, id, 'host1'))
  expect(await cloud.db.volumeAttachment.findUniqueOrThrow({ where: { id } })).toMatchObject({
    hostName: 'host2',
    standbyHost: null,
    status: 'attached',
  })
  await within((tx) => beginDetach(tx, { attachmentId: id, projectId }))
  expect(await statusOf(volume.id)).toBe('detaching')
  await within((tx) => rollDetach(tx, id, 'The guest holds on to it.'))
  expect(await statusOf(volume.id)).toBe('in_use')
  await within((tx) => beginDetach(tx, { volumeId: volume.id, instanceId: instance.id, projectId }))
  expect(await within((tx) => dropAttachment(tx, id))).toBe(true)
  expect(await within((tx) => dropAttachment(tx, id))).toBe(false)
  expect(await statusOf(volume.id)).toBe('available')
  const seen = eventsIn(cloud.kicked).filter((event) => event.id === volume.id)
  expect(seen.at(-1)?.data).toMatchObject({ status: 'available', attachments: [] })
})

test('of two who want a volume at the same moment, one gets it', async () => {
  for (let round = 0; round < 5; round++) {
    const { volume, instance } = await thing()
    const other = await makeInstance(cloud, { projectId })
    const ends = await Promise.allSettled(
      [instance, other].map(({ id }) =>
        within((tx) => reserveVolume(tx, { volumeId: volume.id, instanceId: id, projectId })),
      ),
    )
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await cloud.db.volumeAttachment.count({ where: { volumeId: volume.id } })).toBe(1)
  }
})

test('a volume of a type with multiattach is in use until the last one lets go', async () => {
  const { volume, instance } = await thing({ multiattach: true })
  const other = await makeInstance(cloud, { projectId })
  const ids: string[] = []
  for (const { id: instanceId } of [instance, other]) {
    const { id } = await within((tx) => reserveVolume(tx, { volumeId: volume.id, instanceId, projectId }))
    await within((tx) => completeAttachment(tx, id))
    ids.push(id)
  }
  await expect(
    within((tx) => reserveVolume(tx, { volumeId: volume.id, instanceId: other.id, projectId })),
  ).rejects.toMatchObject({ code: 'conflict' })
  await within((tx) => beginDetach(tx, { attachmentId: ids[0]!, projectId }))
  expect(await statusOf(volume.id)).toBe('in_use')
  await within((tx) => dropAttachment(tx, ids[0]!))
  expect(await statusOf(volume.id)).toBe('in_use')
  await within((tx) => dropAttachment(tx, ids[1]!))
  expect(await statusOf(volume.id)).toBe('available')
})

describe('what is refused', () => {
  test('a volume of another project is not found', async () => {
    const { volume, instance } = await thing()
    const wish = { volumeId: volume.id, instanceId: instance.id, projectId: 'another' }
    await expect(within((tx) => reserveVolume(tx, wish))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a volume that is being made, unless the same transaction makes it', async () => {
    const volume = await makeVolume(cloud, { projectId, typeId, status: 'creating' })
    const instance = await makeInstance(cloud, { projectId })
    const wish = { volumeId: volume.id, instanceId: instance.id, projectId }
    await expect(within((tx) => reserveVolume(tx, wish))).rejects.toMatchObject({ code: 'conflict' })
    await within((tx) => reserveVolume(tx, { ...wish, unborn: true }))
    expect(await statusOf(volume.id)).toBe('creating')
  })

  test('a read-only volume is attached read-only', async () => {
    const { volume, instance } = await thing({ readOnly: true })
    const { mode } = await within((tx) =>
      reserveVolume(tx, { volumeId: volume.id, instanceId: instance.id, projectId, mode: 'rw' }),
    )
    expect(mode).toBe('ro')
  })

  test('what is not attached yet is not detached', async () => {
    const { volume, instance } = await thing()
    const which = { volumeId: volume.id, instanceId: instance.id, projectId }
    await within((tx) => reserveVolume(tx, which))
    await expect(within((tx) => beginDetach(tx, which))).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('an instance that ends lets go of its volumes and takes those with it that end with it', async () => {
  const { volume: kept, instance } = await thing()
  const doomed = await makeVolume(cloud, { projectId, typeId })
  for (const { id } of [kept, doomed]) {
    const wish = { volumeId: id, instanceId: instance.id, projectId, deleteOnTermination: id === doomed.id }
    const attachment = await within((tx) => reserveVolume(tx, wish))
    await within((tx) => completeAttachment(tx, attachment.id))
  }
  await within((tx) => releaseVolumesOf(tx, instance.id))
  expect(await statusOf(kept.id)).toBe('available')
  expect(await statusOf(doomed.id)).toBe('deleting')
  expect(await cloud.db.operation.count({ where: { resourceId: doomed.id, kind: 'volume-delete' } })).toBe(1)
})

test('a volume whose instance is gone, and one whose work is gone, are found and freed', async () => {
  const { volume, instance } = await thing()
  await within((tx) => reserveVolume(tx, { volumeId: volume.id, instanceId: instance.id, projectId }))
  await cloud.db.instance.delete({ where: { id: instance.id } })
  const stuck = await makeVolume(cloud, {
    projectId,
    typeId,
    status: 'extending',
    previousStatus: 'available',
  })
  const later = new Date(Date.now() + 120_000)
  expect(await settleStuckVolumes(ctx, later)).toEqual(expect.arrayContaining([volume.id, stuck.id]))
  expect(await statusOf(volume.id)).toBe('available')
  expect(await statusOf(stuck.id)).toBe('error_extending')
  expect(await settleStuckVolumes(ctx, later)).not.toContain(volume.id)
})
