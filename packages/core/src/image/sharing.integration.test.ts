import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findInstance } from '../compute/instances/find.ts'
import { findRebuildNeeds } from '../compute/instances/rebuild-needs.ts'
import type { Ctx } from '../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeImage,
  makeInstance,
  makeProject,
  makeTenant,
  type TestCloud,
} from '../testing/index.ts'
import {
  addImageTag,
  addMember,
  createImage,
  deactivateImage,
  deleteImage,
  downloadImage,
  imageUsage,
  listImages,
  listImageTags,
  listMembers,
  openImageForHost,
  reactivateImage,
  removeImageTag,
  removeMember,
  setMemberStatus,
  showImage,
  showMember,
  updateImage,
} from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

type Listing = Parameters<typeof listImages>[0]['input']
const names = async (ctx: Ctx, input: Listing = {}) =>
  (await listImages({ ctx, input: { sort: { by: 'name', dir: 'asc' }, ...input } })).items.map(
    ({ name }) => name,
  )
const told = () =>
  eventsIn(cloud.kicked).map(({ change, audience }) => [
    change,
    audience.kind === 'project' ? audience.projectId : audience.kind,
  ])

describe('who sees an image', () => {
  it('follows its visibility, the answer of its members, and whether it is hidden', async () => {
    const owner = await makeTenant(cloud)
    const other = await makeTenant(cloud)
    const third = await makeTenant(cloud)
    const make = (name: string, fields: object = {}) =>
      makeImage(cloud, { projectId: owner.project.id, name, ...fields })
    const [, shared, community, publicOne] = await Promise.all([
      make('a-private'),
      make('b-shared', { visibility: 'shared' }),
      make('c-community', { visibility: 'community' }),
      make('d-public', { visibility: 'public' }),
      make('e-hidden', { visibility: 'public', hidden: true }),
      make('f-queued', { visibility: 'public', status: 'queued' }),
    ])
    await addMember({ ctx: owner.ctx, input: { id: shared.id, projectId: other.project.id } })
    const mine = { owner: owner.project.id }

    expect(await names(owner.ctx, mine)).toEqual([
      'a-private',
      'b-shared',
      'c-community',
      'd-public',
      'f-queued',
    ])
    expect(await names(owner.ctx, { ...mine, hidden: 'all' })).toContain('e-hidden')
    expect(await names(owner.ctx, { ...mine, hidden: true })).toEqual(['e-hidden'])
    expect(await names(other.ctx, mine)).toEqual(['d-public'])
    expect(await names(other.ctx, { ...mine, visibility: 'community' })).toEqual(['c-community'])
    expect(await names(other.ctx, { ...mine, visibility: 'all', memberStatus: 'all' })).toEqual([
      'b-shared',
      'c-community',
      'd-public',
    ])
    expect(await names(other.ctx, { ...mine, visibility: 'shared', memberStatus: 'pending' })).toEqual([
      'b-shared',
    ])
    expect(await names(other.ctx, { whose: 'own' })).toEqual([])
    expect(await names(third.ctx, { ...mine, visibility: 'shared', memberStatus: 'all' })).toEqual([])

    // Offered is enough to use it by its id; only accepting puts it into the list.
    const offered = await showImage({ ctx: other.ctx, input: { id: shared.id } })
    expect(offered.membership).toEqual({ projectId: other.project.id, status: 'pending' })
    expect((await showImage({ ctx: owner.ctx, input: { id: shared.id } })).membership).toBeNull()
    for (const id of [community.id, publicOne.id])
      expect((await showImage({ ctx: third.ctx, input: { id } })).id).toBe(id)
    await expect(showImage({ ctx: third.ctx, input: { id: shared.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
    await setMemberStatus({ ctx: other.ctx, input: { id: shared.id, status: 'accepted' } })
    expect(await names(other.ctx, mine)).toEqual(['b-shared', 'd-public'])

    const input = { id: shared.id, name: 'taken-over' }
    await expect(updateImage({ ctx: other.ctx, input })).rejects.toMatchObject({ code: 'forbidden' })
    await updateImage({ ctx: owner.ctx, input: { id: shared.id, visibility: 'private' } })
    expect(await names(other.ctx, mine)).toEqual(['d-public'])
    await updateImage({ ctx: owner.ctx, input: { id: shared.id, visibility: 'shared' } })
    expect(await names(other.ctx, mine)).toEqual(['b-shared', 'd-public'])
  })

  it('is told to each of them with no more than they may know', async () => {
    const owner = await makeTenant(cloud)
    const member = await makeTenant(cloud)
    const image = await makeImage(cloud, { projectId: owner.project.id })
    cloud.kicked.length = 0
    await addMember({ ctx: owner.ctx, input: { id: image.id, projectId: member.project.id, share: true } })
    expect(told()).toEqual([
      ['updated', owner.project.id],
      ['updated', member.project.id],
    ])
    const [forOwner, forMember] = eventsIn(cloud.kicked).map(({ data }) => data)
    expect(forOwner).toMatchObject({ visibility: 'shared', membership: null })
    expect(forMember).toMatchObject({ membership: { projectId: member.project.id, status: 'pending' } })

    cloud.kicked.length = 0
    await removeMember({ ctx: owner.ctx, input: { id: image.id, projectId: member.project.id } })
    expect(told()).toEqual([
      ['deleted', member.project.id],
      ['updated', owner.project.id],
    ])
  })
})

describe('members', () => {
  it('are added by the owner, answer for themselves, and are seen by both', async () => {
    const owner = await makeTenant(cloud)
    const member = await makeTenant(cloud)
    const stranger = await makeTenant(cloud)
    const image = await makeImage(cloud, { projectId: owner.project.id })
    const projectId = member.project.id
    const input = { id: image.id, projectId }
    await expect(addMember({ ctx: owner.ctx, input })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'not_shared' },
    })
    expect(await addMember({ ctx: owner.ctx, input: { ...input, share: true } })).toMatchObject({
      projectId,
      status: 'pending',
    })
    for (const [wrong, code] of [
      [projectId, 'conflict'],
      [owner.project.id, 'invalid_input'],
      ['nowhere', 'invalid_input'],
    ] as const)
      await expect(
        addMember({ ctx: owner.ctx, input: { id: image.id, projectId: wrong } }),
      ).rejects.toMatchObject({ code, field: 'projectId' })
    await expect(
      addMember({ ctx: member.ctx, input: { id: image.id, projectId: stranger.project.id } }),
    ).rejects.toMatchObject({ code: 'forbidden' })

    await expect(
      setMemberStatus({ ctx: owner.ctx, input: { ...input, status: 'accepted' } }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    const rejected = { id: image.id, status: 'rejected' } as const
    await expect(setMemberStatus({ ctx: stranger.ctx, input: rejected })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await setMemberStatus({ ctx: member.ctx, input: rejected })).toMatchObject({ status: 'rejected' })

    await addMember({ ctx: owner.ctx, input: { id: image.id, projectId: stranger.project.id } })
    expect(await listMembers({ ctx: owner.ctx, input: { id: image.id } })).toHaveLength(2)
    expect(await listMembers({ ctx: member.ctx, input: { id: image.id } })).toMatchObject([{ projectId }])
    expect(await showMember({ ctx: member.ctx, input })).toMatchObject({ status: 'rejected' })
    await expect(
      showMember({ ctx: member.ctx, input: { id: image.id, projectId: stranger.project.id } }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await removeMember({ ctx: owner.ctx, input })
    await expect(removeMember({ ctx: owner.ctx, input })).rejects.toMatchObject({ code: 'not_found' })
    await expect(showImage({ ctx: member.ctx, input: { id: image.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('may make instances of it, and are at most 128', async () => {
    const owner = await makeTenant(cloud)
    const member = await makeTenant(cloud)
    const image = await makeImage(cloud, { projectId: owner.project.id, visibility: 'shared' })
    const { id: instanceId } = await makeInstance(cloud, { projectId: member.project.id })
    const record = await findInstance(member.ctx, instanceId)
    const needs = () => findRebuildNeeds(member.ctx, record, { imageId: image.id })
    await expect(needs()).rejects.toMatchObject({
      field: 'imageId',
      message: expect.stringContaining('No image'),
    })
    await addMember({ ctx: owner.ctx, input: { id: image.id, projectId: member.project.id } })
    expect((await needs()).image.id).toBe(image.id)

    await cloud.db.imageMember.createMany({
      data: Array.from({ length: 127 }, (_, index) => ({ imageId: image.id, projectId: `p${index}` })),
    })
    const { id: projectId } = await makeProject(cloud)
    await expect(addMember({ ctx: owner.ctx, input: { id: image.id, projectId } })).rejects.toMatchObject({
      code: 'quota_exceeded',
      detail: { limit: 128 },
    })
  })
})

describe('what is said of an image', () => {
  it('has tags that lists can be narrowed to', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const id = crypto.randomUUID()
    await createImage({ ctx, input: { id, name: 'tagged', tags: ['lts', 'web', 'lts'] } })
    await expect(createImage({ ctx, input: { id, name: 'again' } })).rejects.toMatchObject({
      code: 'conflict',
      field: 'id',
    })
    await createImage({ ctx, input: { name: 'other', tags: ['lts'] } })
    expect(await listImageTags({ ctx, input: {} })).toEqual([
      { tag: 'lts', count: 2 },
      { tag: 'web', count: 1 },
    ])
    expect(await names(ctx, { tags: ['lts', 'web'], owner: project.id })).toEqual(['tagged'])
    expect((await addImageTag({ ctx, input: { id, tag: 'gold' } })).tags).toEqual(['gold', 'lts', 'web'])
    expect((await removeImageTag({ ctx, input: { id, tag: 'lts' } })).tags).toEqual(['gold', 'web'])
    await expect(removeImageTag({ ctx, input: { id, tag: 'lts' } })).rejects.toMatchObject({
      code: 'not_found',
    })
    const many = Array.from({ length: 129 }, (_, index) => `t${index}`)
    await expect(updateImage({ ctx, input: { id, tags: many } })).rejects.toMatchObject({ field: 'tags' })
    expect((await updateImage({ ctx, input: { id, tags: [] } })).tags).toEqual([])
  })

  it('has properties whose known values are checked, but not those that were there', async () => {
    const { ctx, project } = await makeTenant(cloud)
    await expect(
      createImage({ ctx, input: { name: 'x', properties: { hw_disk_bus: 'ide' } } }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'properties.hw_disk_bus' })
    const { id } = await makeImage(cloud, { projectId: project.id, properties: { hw_disk_bus: 'ide' } })
    const properties = { hw_disk_bus: 'ide', os_type: 'linux', mine: 'anything' }
    expect((await updateImage({ ctx, input: { id, properties } })).properties).toEqual(properties)
    await expect(
      updateImage({ ctx, input: { id, properties: { ...properties, os_type: 'vms' } } }),
    ).rejects.toMatchObject({ field: 'properties.os_type' })
    expect(await names(ctx, { properties: { mine: 'anything', os_type: 'linux' } })).toHaveLength(1)
    expect(await names(ctx, { properties: { mine: 'any' } })).toHaveLength(0)
  })

  it('is what lists are narrowed by', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const at = (day: number) => new Date(Date.UTC(2020, 0, day))
    const make = (name: string, day: number, fields: object) =>
      makeImage(cloud, { projectId: project.id, name, createdAt: at(day), ...fields })
    const [a] = await Promise.all([
      make('a', 1, { size: 10n, diskFormat: 'raw', protected: true }),
      make('b', 2, { size: 20n }),
      make('c', 3, { size: 30n, status: 'deactivated' }),
    ])
    const own = { owner: project.id }
    const cases: [Listing, string[]][] = [
      [{ ids: [a.id] }, ['a']],
      [{ names: ['b', 'c'] }, ['b', 'c']],
      [{ protected: true }, ['a']],
      [{ diskFormats: ['raw', 'iso'] }, ['a']],
      [{ containerFormats: ['ovf'] }, []],
      [{ minSize: 15, maxSize: 25 }, ['b']],
      [{ status: 'deactivated' }, ['c']],
      [
        {
          createdAt: [
            { op: 'gt', at: at(1) },
            { op: 'lt', at: at(3) },
          ],
        },
        ['b'],
      ],
      [{ createdAt: [{ op: 'neq', at: at(2) }] }, ['a', 'c']],
      [{ createdAt: [{ op: 'eq', at: at(2) }] }, ['b']],
    ]
    for (const [input, expected] of cases)
      expect(await names(ctx, { ...own, ...input }), JSON.stringify(input)).toEqual(expected)
    const sorted = (by: 'updatedAt' | 'id' | 'diskFormat' | 'createdAt') =>
      names(ctx, { ...own, sort: { by, dir: 'desc' } })
    expect(await sorted('createdAt')).toEqual(['c', 'b', 'a'])
    expect((await sorted('diskFormat'))[0]).toBe('a')
    for (const by of ['updatedAt', 'id'] as const) expect(await sorted(by)).toHaveLength(3)
  })
})

describe('an image that is not wanted any more', () => {
  it('can be deactivated: nothing new is made from it, hosts still move what was', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const queued = await createImage({ ctx, input: { name: 'queued' } })
    await expect(deactivateImage({ ctx, input: { id: queued.id } })).rejects.toMatchObject({
      code: 'conflict',
    })
    const { id } = await makeImage(cloud, { projectId: project.id, hashValue: 'abc' })
    const input = { id }
    expect(await deactivateImage({ ctx, input })).toMatchObject({ status: 'deactivated' })
    expect(await deactivateImage({ ctx, input })).toMatchObject({ status: 'deactivated' })
    await expect(downloadImage({ ctx, input })).rejects.toMatchObject({ code: 'forbidden' })
    const admin = ctxFor(cloud, { project, systemRole: 'admin' })
    await expect(downloadImage({ ctx: admin, input })).resolves.toBeNull()
    expect(await openImageForHost(cloud.services, id)).toMatchObject({ sha512: 'abc' })
    expect(await reactivateImage({ ctx, input })).toMatchObject({ status: 'active' })
  })

  it('says what was made from it before it is deleted, and stays while something is being made', async () => {
    const { ctx, project, user } = await makeTenant(cloud)
    const other = await makeTenant(cloud)
    const { id } = await makeImage(cloud, { projectId: project.id, visibility: 'public' })
    const mine = await makeInstance(cloud, {
      projectId: project.id,
      userId: user.id,
      imageId: id,
      name: 'web',
      vmState: 'building',
    })
    await makeInstance(cloud, { projectId: other.project.id, userId: user.id, imageId: id })
    expect(await imageUsage({ ctx, input: { id } })).toEqual({
      instances: { own: 1, first: [{ id: mine.id, name: 'web' }], others: 1 },
      building: { instances: 1, volumes: 0 },
      volumes: { own: 0, first: [], others: 0 },
      members: 0,
      accepted: 0,
    })
    await expect(imageUsage({ ctx: other.ctx, input: { id } })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(deleteImage({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'in_use', instances: 1 },
    })
    await cloud.db.instance.update({ where: { id: mine.id }, data: { vmState: 'active' } })
    expect(await deleteImage({ ctx, input: { id } })).toHaveProperty('operationId')
  })
})
