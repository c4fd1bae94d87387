import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeFlavor,
  makeHost,
  makeImage,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import { computeVerbs } from '../index.ts'

const { flavors, instances } = computeVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud.close())

const announced = (from: number) =>
  eventsIn(cloud.kicked.slice(from)).map(({ change, audience }) =>
    audience.kind === 'project' ? `${change} ${audience.projectId}` : `${change} ${audience.kind}`,
  )

describe('extra specs', () => {
  test('are set, changed and taken away; instances keep theirs', async () => {
    const { id } = await makeFlavor(cloud, { vcpus: 4 })
    const first = await flavors.setExtraSpecs({
      ctx: admin,
      input: { id, extraSpecs: { 'hw:cpu_sockets': '2', ssd: 'true' } },
    })
    expect(first.extraSpecs).toEqual({ 'hw:cpu_sockets': '2', ssd: 'true' })
    const second = await flavors.setExtraSpecs({
      ctx: admin,
      input: { id, extraSpecs: { 'hw:cpu_sockets': '4' } },
    })
    expect(second.extraSpecs).toEqual({ 'hw:cpu_sockets': '4', ssd: 'true' })
    const third = await flavors.unsetExtraSpecs({ ctx: admin, input: { id, keys: ['ssd'] } })
    expect(third.extraSpecs).toEqual({ 'hw:cpu_sockets': '4' })
    const { ctx } = await makeTenant(cloud)
    expect((await flavors.show({ ctx, input: { id } })).extraSpecs).toEqual({ 'hw:cpu_sockets': '4' })
    await expect(flavors.unsetExtraSpecs({ ctx: admin, input: { id, keys: ['ssd'] } })).rejects.toMatchObject(
      { code: 'not_found' },
    )
    const audit = await cloud.db.audit.findFirstOrThrow({
      where: { resourceId: id, verb: 'compute.flavors.unsetExtraSpecs' },
    })
    expect(audit.detail).toMatchObject({ before: { ssd: 'true' }, after: { 'hw:cpu_sockets': '4' } })
  })

  test.each([
    [{ 'hw:cpu_sokets': '2' }, 'extraSpecs.hw:cpu_sokets'],
    [{ 'quota:cpu_period': '7' }, 'extraSpecs.quota:cpu_period'],
    [{ 'hw:cpu_sockets': '3' }, 'extraSpecs'],
    [
      { 'quota:disk_total_iops_sec': '10', 'quota:disk_read_iops_sec': '10' },
      'extraSpecs.quota:disk_total_iops_sec',
    ],
  ])('%o are refused, naming %s, and nothing is changed', async (extraSpecs, field) => {
    const { id } = await makeFlavor(cloud, { vcpus: 4 })
    await expect(flavors.setExtraSpecs({ ctx: admin, input: { id, extraSpecs } })).rejects.toMatchObject({
      code: 'invalid_input',
      field,
    })
    await expect(
      flavors.create({
        ctx: admin,
        input: { name: uniqueName('f'), vcpus: 4, ramMib: 64, diskGib: 1, extraSpecs },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input', field })
    expect((await flavors.show({ ctx: admin, input: { id } })).extraSpecs).toEqual({})
  })

  test('vCPUs that do not fit the topology are refused', async () => {
    const { id } = await makeFlavor(cloud, { vcpus: 4, extraSpecs: { 'hw:cpu_sockets': '4' } })
    await expect(flavors.update({ ctx: admin, input: { id, vcpus: 3 } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'vcpus',
    })
  })

  test('two changes at once lose nothing', async () => {
    const { id } = await makeFlavor(cloud)
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((key) =>
        flavors.setExtraSpecs({ ctx: admin, input: { id, extraSpecs: { [key]: '1' } } }),
      ),
    )
    const kept = Object.keys((await flavors.show({ ctx: admin, input: { id } })).extraSpecs)
    expect(kept).toHaveLength(results.filter(({ status }) => status === 'fulfilled').length)
  })
})

describe('private flavors', () => {
  test('are seen and used by the projects that were given them, and by no other', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const stranger = await makeTenant(cloud)
    const { id } = await makeFlavor(cloud, { isPublic: false })
    const sees = async (one: Ctx) =>
      (await flavors.list({ ctx: one, input: { limit: 1_000 } })).items.some((flavor) => flavor.id === id)
    expect(await sees(ctx)).toBe(false)

    let from = cloud.kicked.length
    const access = await flavors.addAccess({ ctx: admin, input: { id, projectId: project.id } })
    expect(access).toMatchObject({ flavorId: id, projectId: project.id, projectName: project.name })
    expect(announced(from)).toEqual([`created ${project.id}`, 'updated admin'])
    expect(await sees(ctx)).toBe(true)
    expect(await sees(stranger.ctx)).toBe(false)
    expect(await flavors.listAccess({ ctx: admin, input: { id } })).toEqual([access])
    await expect(
      flavors.addAccess({ ctx: admin, input: { id, projectId: project.id } }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'projectId' })

    from = cloud.kicked.length
    await flavors.update({ ctx: admin, input: { id, description: 'for one' } })
    expect(announced(from)).toEqual([`updated ${project.id}`, 'updated admin'])
    await flavors.update({ ctx: admin, input: { id, disabled: true } })
    expect(await sees(ctx)).toBe(false)
    await flavors.update({ ctx: admin, input: { id, disabled: false } })

    const image = await makeImage(cloud, { projectId: project.id })
    const network = await makeNetwork(cloud, { projectId: project.id })
    const input = { name: 'one', flavorId: id, imageId: image.id, networkIds: [network.id] }
    expect((await instances.create({ ctx, input })).instances).toHaveLength(1)
    const theirs = await makeImage(cloud, { projectId: stranger.project.id })
    const wrong = { ...input, imageId: theirs.id }
    await expect(instances.create({ ctx: stranger.ctx, input: wrong })).rejects.toMatchObject({
      field: 'flavorId',
    })

    from = cloud.kicked.length
    await flavors.removeAccess({ ctx: admin, input: { id, projectId: project.id } })
    expect(announced(from)).toEqual([`deleted ${project.id}`, 'updated admin'])
    expect(await sees(ctx)).toBe(false)
    await expect(
      flavors.removeAccess({ ctx: admin, input: { id, projectId: project.id } }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a public flavor has no access list', async () => {
    const { project } = await makeTenant(cloud)
    const { id } = await makeFlavor(cloud)
    await expect(
      flavors.addAccess({ ctx: admin, input: { id, projectId: project.id } }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await flavors.listAccess({ ctx: admin, input: { id } })).toEqual([])
  })
})

describe('what image and flavor say of the machine', () => {
  test('is checked when an instance is created', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const network = await makeNetwork(cloud, { projectId: project.id })
    const flavor = await makeFlavor(cloud)
    const create = async (properties: object, flavorId = flavor.id) => {
      const image = await makeImage(cloud, { projectId: project.id, properties })
      const input = { name: 'one', flavorId, imageId: image.id, networkIds: [network.id] }
      return instances.create({ ctx, input })
    }
    await expect(create({ hw_disk_bus: 'floppy' })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'imageId',
      message: expect.stringContaining('hw_disk_bus must be virtio or scsi'),
    })
    expect((await create({ hw_disk_bus: 'scsi', hw_machine_type: 'q35' })).instances).toHaveLength(1)

    await cloud.db.host.updateMany({ data: { enabled: false } })
    const host = await makeHost(cloud, {
      facts: { uefi: false, uefiReason: 'Install ovmf.', cpuLimits: false, cpuLimitsReason: 'No cgroup.' },
    })
    await expect(create({ hw_firmware_type: 'uefi' })).rejects.toMatchObject({
      field: 'imageId',
      message: 'No host can make this machine. It has no UEFI firmware (hw_firmware_type). Install ovmf.',
    })
    const limited = await makeFlavor(cloud, { extraSpecs: { 'quota:cpu_quota': '25000' } })
    await expect(create({}, limited.id)).rejects.toMatchObject({ field: 'flavorId' })
    await cloud.db.host.update({ where: { id: host.id }, data: { facts: { uefi: true, cpuLimits: true } } })
    expect((await create({ hw_firmware_type: 'uefi' }, limited.id)).instances).toHaveLength(1)
  })

  test('is checked when an instance is rebuilt, for the host that has it', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const host = await makeHost(cloud, { facts: { uefi: false } })
    const { id } = await makeInstance(cloud, {
      projectId: project.id,
      hostId: host.id,
      launchedAt: new Date(),
    })
    const rebuild = async (properties: object) => {
      const image = await makeImage(cloud, { projectId: project.id, properties })
      return instances.rebuild({ ctx, input: { id, imageId: image.id } })
    }
    for (const properties of [{ hw_vif_model: 'ne2000' }, { hw_firmware_type: 'uefi' }])
      await expect(rebuild(properties)).rejects.toMatchObject({ code: 'invalid_input', field: 'imageId' })
    expect((await rebuild({ hw_vif_model: 'e1000' })).instance.taskState).toBe('rebuilding')
  })
})
