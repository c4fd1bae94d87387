import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteProject } from '../identity/index.ts'
import { findQuotaDrift, type NephosError } from '../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeImage,
  makeTenant,
  makeVolume,
  makeVolumeBackend,
  makeVolumeBackup,
  makeVolumeSnapshot,
  makeVolumeType,
  type TestCloud,
} from '../testing/index.ts'
import {
  acceptVolumeTransfer,
  addVolumeTypeAccess,
  createVolume,
  createVolumeBackup,
  createVolumeQosSpec,
  createVolumeSnapshot,
  createVolumeTransfer,
  createVolumeType,
  deleteVolume,
  deleteVolumeBackup,
  deleteVolumeType,
  extendVolume,
  listVolumes,
  listVolumeTypes,
  listVolumeZones,
  resetVolumeStatus,
  restoreVolumeBackup,
  retypeVolume,
  setDefaultVolumeType,
  setVolumeMetadata,
  showVolume,
  summariseVolumes,
  updateVolume,
  updateVolumeBackend,
  updateVolumeType,
  uploadVolumeToImage,
} from './index.ts'

let cloud: TestCloud
let admin: ReturnType<typeof ctxFor>
let typeId: string

beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
  typeId = (await makeVolumeType(cloud, { name: 'standard' })).id
})
afterAll(() => cloud.close())

const refused = (work: Promise<unknown>): Promise<NephosError> =>
  work.then(
    () => {
      throw new Error('it was not refused')
    },
    (error) => error,
  )
const usedBy = async (projectId: string) => {
  const rows = await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId, used: { gt: 0 } } })
  return Object.fromEntries(rows.map(({ resource, used }) => [resource, used]))
}

describe('a new volume', () => {
  test('is creating, counts at once, and its job is for the scheduler', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { volume, operationId } = await createVolume({
      ctx,
      input: { name: 'data', sizeGib: 5, metadata: { use: 'tests' } },
    })
    expect(volume).toMatchObject({
      status: 'creating',
      typeName: 'standard',
      bootable: false,
      encrypted: false,
      backendName: null,
      metadata: { use: 'tests' },
    })
    expect(await usedBy(project.id)).toEqual({
      volumes: 1,
      gigabytes: 5,
      volumes_standard: 1,
      gigabytes_standard: 5,
    })
    expect(cloud.kicked.findLast(({ channel }) => channel === 'job')).toMatchObject({
      subject: 'job.scheduler.any.volume.schedule',
      payload: { operationId, volumeId: volume.id },
    })
    expect(eventsIn(cloud.kicked).find(({ id }) => id === volume.id)?.data).toMatchObject({ id: volume.id })
  })

  test('from an image is bootable, keeps what the image says, and is not smaller than it', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const image = await makeImage(cloud, {
      projectId: project.id,
      virtualSize: 3n * 1024n ** 3n,
      properties: { os_distro: 'debian' },
    })
    const small = await refused(createVolume({ ctx, input: { imageId: image.id, sizeGib: 2 } }))
    expect(small).toMatchObject({ code: 'invalid_input', field: 'sizeGib' })
    const { volume } = await createVolume({ ctx, input: { imageId: image.id, sizeGib: 3 } })
    expect(volume).toMatchObject({
      bootable: true,
      imageProperties: { os_distro: 'debian', image_id: image.id, image_name: image.name },
    })
  })

  test('from a snapshot has its size, its type and what its volume was', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const type = await makeVolumeType(cloud)
    const of = await makeVolume(cloud, { projectId: project.id, typeId: type.id, sizeGib: 4, bootable: true })
    const snapshot = await makeVolumeSnapshot(cloud, of)
    const { volume } = await createVolume({ ctx, input: { snapshotId: snapshot.id } })
    expect(volume).toMatchObject({ sizeGib: 4, typeId: type.id, bootable: true, snapshotId: snapshot.id })
    const crypt = await makeVolumeType(cloud, { encryption: { provider: 'luks' } })
    const mixed = await refused(createVolume({ ctx, input: { snapshotId: snapshot.id, typeId: crypt.name } }))
    expect(mixed).toMatchObject({ code: 'invalid_input', field: 'typeId' })
  })

  test.each<[string, object]>([
    ['sizeGib', {}],
    ['sizeGib', { sizeGib: 0 }],
    ['typeId', { sizeGib: 1, typeId: 'unheard-of' }],
    ['zone', { sizeGib: 1, zone: 'nowhere' }],
  ])('is refused for its %s: %j', async (field, input) => {
    const { ctx } = await makeTenant(cloud)
    expect(await refused(createVolume({ ctx, input }))).toMatchObject({ code: 'invalid_input', field })
  })

  test('is held to the quota of the project, of the type, and to the largest size', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const limits = [
      ['volumes_standard', 1],
      ['per_volume_gigabytes', 9],
    ] as const
    for (const [resource, limit] of limits)
      await cloud.db.quotaLimit.create({ data: { projectId: project.id, resource, limit } })
    expect(await refused(createVolume({ ctx, input: { sizeGib: 10 } }))).toMatchObject({
      code: 'quota_exceeded',
      detail: { resource: 'per_volume_gigabytes' },
    })
    await createVolume({ ctx, input: { sizeGib: 9 } })
    expect(await refused(createVolume({ ctx, input: { sizeGib: 1 } }))).toMatchObject({
      code: 'quota_exceeded',
      detail: { resource: 'volumes_standard' },
    })
  })
})

test('lists are of the project, page by page, and can be searched; hosts are for administrators', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const backend = await makeVolumeBackend(cloud)
  for (const name of ['a-one', 'a-two', 'b-three'])
    await makeVolume(cloud, { projectId: project.id, typeId, name, backendId: backend.id })
  const sort = { by: 'name', dir: 'asc' } as const
  const first = await listVolumes({ ctx, input: { limit: 2, sort } })
  expect(first.items.map(({ name }) => name)).toEqual(['a-one', 'a-two'])
  const second = await listVolumes({ ctx, input: { limit: 2, sort, cursor: first.nextCursor } })
  expect(second).toMatchObject({ items: [{ name: 'b-three', backendName: null }], nextCursor: null })
  expect((await listVolumes({ ctx, input: { search: 'three' } })).items).toHaveLength(1)
  const seen = await listVolumes({ ctx: admin, input: { projectId: project.id } })
  expect(seen.items.map(({ backendName }) => backendName)).toEqual(Array(3).fill(backend.name))
  expect(await summariseVolumes({ ctx, input: {} })).toEqual({
    volumes: 3,
    gib: 3,
    byStatus: [{ status: 'available', volumes: 3, gib: 3 }],
  })
  expect(await listVolumeZones({ ctx, input: {} })).toEqual([{ name: 'nova', available: true }])
  expect(await refused(listVolumes({ ctx, input: { allProjects: true } }))).toMatchObject({
    code: 'forbidden',
  })
})

test('a volume is renamed, described by metadata, and reset by administrators', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const { id } = await makeVolume(cloud, { projectId: project.id, typeId, metadata: { a: '1', b: '2' } })
  expect(await updateVolume({ ctx, input: { id, name: '', description: 'kept' } })).toMatchObject({
    name: '',
    description: 'kept',
  })
  expect((await setVolumeMetadata({ ctx, input: { id, set: { a: '3' }, remove: ['b'] } })).metadata).toEqual({
    a: '3',
  })
  expect((await setVolumeMetadata({ ctx, input: { id, set: { c: '4' }, replace: true } })).metadata).toEqual({
    c: '4',
  })
  await resetVolumeStatus({ ctx: admin, input: { id, status: 'deleting' } })
  expect(await refused(updateVolume({ ctx, input: { id, name: 'late' } }))).toMatchObject({
    code: 'conflict',
  })
})

describe('what a back end cannot do or has no room for', () => {
  test('is refused with its own words', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const backend = await makeVolumeBackend(cloud, {
      abilities: { onlineExtend: 'This kind cannot grow in use.', liveSnapshot: true },
    })
    const placed = { projectId: project.id, typeId, backendId: backend.id }
    const used = await makeVolume(cloud, { ...placed, status: 'in_use' })
    expect(await refused(extendVolume({ ctx, input: { id: used.id, sizeGib: 2 } }))).toMatchObject({
      code: 'conflict',
      message: 'This kind cannot grow in use.',
    })
    await updateVolumeBackend({ ctx: admin, input: { id: backend.id, provisioning: 1 } })
    const idle = await makeVolume(cloud, placed)
    expect(await refused(extendVolume({ ctx, input: { id: idle.id, sizeGib: 500 } }))).toMatchObject({
      code: 'conflict',
      field: 'sizeGib',
    })
    expect(await refused(extendVolume({ ctx, input: { id: idle.id, sizeGib: 1 } }))).toMatchObject({
      code: 'invalid_input',
    })
  })

  test('an image of an encrypted volume, or of one in use without saying so', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const backend = await makeVolumeBackend(cloud)
    const placed = { projectId: project.id, typeId, backendId: backend.id }
    const sealed = await makeVolume(cloud, { ...placed, encrypted: true })
    const used = await makeVolume(cloud, { ...placed, status: 'in_use' })
    const upload = (id: string, force: boolean) =>
      uploadVolumeToImage({ ctx, input: { id, name: 'copy', force } })
    expect(await refused(upload(sealed.id, true))).toMatchObject({ code: 'unsupported' })
    expect(await refused(upload(used.id, false))).toMatchObject({ code: 'conflict', field: 'force' })
    const { volume, imageId } = await upload(used.id, true)
    expect(volume).toMatchObject({ status: 'uploading', previousStatus: 'in_use' })
    expect(await cloud.db.image.findUniqueOrThrow({ where: { id: imageId } })).toMatchObject({
      status: 'queued',
      minDiskGib: 1,
    })
  })

  test('a volume with snapshots is deleted with them or not at all', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const backend = await makeVolumeBackend(cloud)
    const volume = await makeVolume(cloud, { projectId: project.id, typeId, backendId: backend.id })
    await makeVolumeSnapshot(cloud, volume)
    const input = { id: volume.id }
    expect(await refused(deleteVolume({ ctx, input }))).toMatchObject({
      code: 'conflict',
      detail: { snapshots: 1 },
    })
    expect((await deleteVolume({ ctx, input: { ...input, cascade: true } })).volume.status).toBe('deleting')
    expect(await refused(createVolumeSnapshot({ ctx, input: { volumeId: volume.id } }))).toMatchObject({
      code: 'conflict',
    })
  })
})

test('a volume with a snapshot changes hands once, by its key, and counts for who has it', async () => {
  const from = await makeTenant(cloud)
  const to = await makeTenant(cloud)
  const backend = await makeVolumeBackend(cloud)
  const { volume } = await createVolume({ ctx: from.ctx, input: { name: 'gift', sizeGib: 2 } })
  await cloud.db.volume.update({
    where: { id: volume.id },
    data: { status: 'available', backendId: backend.id },
  })
  await createVolumeSnapshot({ ctx: from.ctx, input: { volumeId: volume.id } })
  const offer = await createVolumeTransfer({ ctx: from.ctx, input: { volumeId: volume.id } })
  expect((await showVolume({ ctx: from.ctx, input: { id: volume.id } })).status).toBe('awaiting_transfer')
  const wrong = acceptVolumeTransfer({ ctx: to.ctx, input: { id: offer.id, authKey: 'a guess' } })
  expect(await refused(wrong)).toMatchObject({ code: 'not_found' })
  const input = { id: offer.id, authKey: offer.authKey }
  expect(await acceptVolumeTransfer({ ctx: to.ctx, input })).toMatchObject({
    projectId: to.project.id,
    status: 'available',
  })
  expect(await refused(acceptVolumeTransfer({ ctx: to.ctx, input }))).toMatchObject({ code: 'not_found' })
  expect(await refused(showVolume({ ctx: from.ctx, input: { id: volume.id } }))).toMatchObject({
    code: 'not_found',
  })
  expect(await usedBy(from.project.id)).toEqual({})
  expect(await usedBy(to.project.id)).toMatchObject({ volumes: 1, snapshots: 1, gigabytes: 4 })
  const drift = await findQuotaDrift(cloud.db)
  expect(drift.filter(({ scopeId }) => scopeId === to.project.id)).toEqual([])
})

describe('types', () => {
  test('private ones are for the projects that were given them, which may have them as their default', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const other = await makeTenant(cloud)
    const type = await createVolumeType({
      ctx: admin,
      input: {
        name: 'gold',
        isPublic: false,
        extraSpecs: { volume_backend_name: 'iscsi', multiattach: '<is> True' },
      },
    })
    await addVolumeTypeAccess({ ctx: admin, input: { id: type.id, projectId: project.id } })
    await setDefaultVolumeType({ ctx: admin, input: { id: type.id, projectId: project.id } })
    const mine = await listVolumeTypes({ ctx, input: {} })
    expect(mine.items.find(({ id }) => id === type.id)?.extraSpecs).toEqual({ multiattach: '<is> True' })
    expect((await listVolumeTypes({ ctx: other.ctx, input: {} })).items.map(({ id }) => id)).not.toContain(
      type.id,
    )
    const { volume } = await createVolume({ ctx, input: { sizeGib: 1 } })
    expect(volume).toMatchObject({ typeName: 'gold', multiattach: true })
    expect(await refused(deleteVolumeType({ ctx: admin, input: { id: type.id } }))).toMatchObject({
      code: 'conflict',
      detail: { volumes: 1 },
    })
    await updateVolumeType({ ctx: admin, input: { id: type.id, name: 'platinum' } })
    expect(await usedBy(project.id)).toMatchObject({ volumes_platinum: 1, gigabytes_platinum: 1 })
    const drift = await findQuotaDrift(cloud.db)
    expect(drift.filter(({ scopeId }) => scopeId === project.id)).toEqual([])
  })

  test('their limits are checked, and hold for volumes of them', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const contradictory = { total_iops_sec: '10', read_iops_sec: '5' }
    for (const specs of [contradictory, { total_iops_sec: '0' }, { unheard_of: '1' }] as Record<
      string,
      string
    >[])
      expect(await refused(createVolumeQosSpec({ ctx: admin, input: { name: 'bad', specs } }))).toMatchObject(
        {
          code: 'invalid_input',
        },
      )
    const specs = { read_iops_sec_per_gb: '5', write_bytes_sec: '1048576' }
    const qos = await createVolumeQosSpec({ ctx: admin, input: { name: 'modest', specs } })
    const type = await createVolumeType({ ctx: admin, input: { name: 'modest', qosSpecId: qos.id } })
    const { volume } = await createVolume({ ctx, input: { sizeGib: 4, typeId: 'modest' } })
    expect(volume.limits).toEqual({ readIops: 20, writeBytes: 1_048_576 })
    const backend = await makeVolumeBackend(cloud)
    const plain = await makeVolume(cloud, { projectId: project.id, typeId, backendId: backend.id })
    const { volume: limited } = await retypeVolume({ ctx, input: { id: plain.id, typeId: type.id } })
    expect(limited.limits).toEqual({ readIops: 5, writeBytes: 1_048_576 })
  })
})

describe('backups', () => {
  test('are full first, count at once, and keep what their volume is', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const backend = await makeVolumeBackend(cloud)
    const of = { projectId: project.id, typeId, backendId: backend.id, sizeGib: 3, bootable: true }
    const volume = await makeVolume(cloud, of)
    const input = { volumeId: volume.id }
    const early = await refused(createVolumeBackup({ ctx, input: { ...input, incremental: true } }))
    expect(early).toMatchObject({ code: 'invalid_input', field: 'incremental' })
    const { backup, operationId } = await createVolumeBackup({ ctx, input: { ...input, name: 'weekly' } })
    expect(backup).toMatchObject({
      ...{ status: 'creating', sizeGib: 3, incremental: false, bootable: true, typeName: 'standard' },
      store: 'file',
    })
    expect(cloud.kicked.findLast(({ channel }) => channel === 'job')).toMatchObject({
      subject: `job.volume.${backend.hostName}.volume.backup`,
      payload: { operationId, volumeId: volume.id, backupId: backup.id },
    })
    expect(await usedBy(project.id)).toEqual({ backups: 1, backup_gigabytes: 3 })
    expect((await showVolume({ ctx, input: { id: volume.id } })).status).toBe('backing_up')
    expect(await refused(createVolumeBackup({ ctx, input }))).toMatchObject({ code: 'conflict' })
    expect(await refused(deleteVolumeBackup({ ctx, input: { id: backup.id } }))).toMatchObject({
      code: 'conflict',
    })
    const gone = await refused(deleteProject({ ctx: admin, input: { id: project.id } }))
    expect(gone.message).toBe('The project still has 1 volumes, 1 volume backups.')
  })

  test('of a volume in use are asked for twice, and go only where they fit', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const backend = await makeVolumeBackend(cloud)
    const of = { projectId: project.id, typeId, backendId: backend.id }
    const busy = await makeVolume(cloud, { ...of, status: 'in_use' })
    expect(await refused(createVolumeBackup({ ctx, input: { volumeId: busy.id } }))).toMatchObject({
      code: 'conflict',
      field: 'force',
    })
    const backup = await makeVolumeBackup(cloud, { ...busy, sizeGib: 2 })
    const restore = (volumeId: string) =>
      refused(restoreVolumeBackup({ ctx, input: { id: backup.id, volumeId } }))
    const small = await makeVolume(cloud, of)
    const sealed = await makeVolume(cloud, { ...of, sizeGib: 2, encrypted: true })
    for (const volume of [small, sealed])
      expect(await restore(volume.id)).toMatchObject({ code: 'invalid_input', field: 'volumeId' })
    expect(await restore(busy.id)).toMatchObject({ code: 'conflict' })
    const narrow = restoreVolumeBackup({ ctx, input: { id: backup.id, sizeGib: 1 } })
    expect(await refused(narrow)).toMatchObject({ code: 'invalid_input', field: 'sizeGib' })
  })
})
