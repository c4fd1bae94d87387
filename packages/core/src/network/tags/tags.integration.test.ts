import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestCloud, eventsIn, makeTenant, type TestCloud } from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'
import { type TaggedKind, taggedKinds } from './kinds.ts'

const { networks, subnets, ports, routers, floatingIps, securityGroups, tags } = networkVerbs
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

async function world() {
  const { ctx, project } = await makeTenant(cloud)
  const network = await networks.create({
    ctx,
    input: { name: 'lan', subnet: { cidr: '10.0.0.0/24' } },
  })
  // As an administrator would have made it.
  await cloud.db.network.update({ where: { id: network.id }, data: { external: true } })
  const ids: Record<TaggedKind, string> = {
    network: network.id,
    subnet: network.subnets[0]!.id,
    port: (await ports.create({ ctx, input: { networkId: network.id } })).id,
    router: (await routers.create({ ctx, input: { name: 'edge' } })).id,
    floatingIp: (await floatingIps.create({ ctx, input: { networkId: network.id } })).id,
    securityGroup: (await securityGroups.create({ ctx, input: { name: 'web' } })).id,
  }
  const lists = { network: networks, subnet: subnets, port: ports, router: routers, floatingIp: floatingIps }
  const list = async (kind: TaggedKind, wanted: string[]) => {
    const verbs = kind === 'securityGroup' ? securityGroups : lists[kind]
    const { items } = await verbs.list({ ctx, input: { tags: wanted } as never })
    return items.map((row) => [row.id, row.tags])
  }
  return { ctx, project, ids, list }
}

const nouns: Record<TaggedKind, string> = {
  network: 'network',
  subnet: 'network',
  port: 'port',
  router: 'router',
  floatingIp: 'floating_ip',
  securityGroup: 'security_group',
}

test('everything of the network is found by its tags, which are in its row and announced', async () => {
  const { ctx, project, ids, list } = await world()
  for (const kind of taggedKinds) {
    const of = { kind, id: ids[kind] }
    const from = cloud.kicked.length
    expect(await tags.set({ ctx, input: { ...of, tags: ['prod', 'blue', 'prod'] } })).toEqual({
      ...of,
      tags: ['blue', 'prod'],
    })
    const [event] = eventsIn(cloud.kicked.slice(from))
    expect(event).toMatchObject({ noun: nouns[kind], change: 'updated' })
    const told = event!.data as { tags: string[]; subnets?: { tags: string[] }[] }
    expect(kind === 'subnet' ? told.subnets![0]!.tags : told.tags).toEqual(['blue', 'prod'])
    expect(await list(kind, ['prod', 'blue'])).toEqual([[ids[kind], ['blue', 'prod']]])
    expect(await list(kind, ['prod', 'green'])).toEqual([])

    await tags.add({ ctx, input: { ...of, tag: 'green' } })
    await tags.remove({ ctx, input: { ...of, tag: 'blue' } })
    await expect(tags.remove({ ctx, input: { ...of, tag: 'blue' } })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await list(kind, ['green'])).toEqual([[ids[kind], ['green', 'prod']]])
    expect(await tags.list({ ctx, input: { kind } })).toEqual([
      { tag: 'green', count: 1 },
      { tag: 'prod', count: 1 },
    ])
  }
  // What changes nothing is neither noted nor announced.
  const audits = () => cloud.db.audit.count({ where: { projectId: project.id, verb: 'network.tags.add' } })
  const before = [await audits(), cloud.kicked.length]
  await tags.add({ ctx, input: { kind: 'port', id: ids.port, tag: 'green' } })
  expect([await audits(), cloud.kicked.length]).toEqual(before)
  // They go with what they are on.
  await ports.delete({ ctx, input: { id: ids.port } })
  expect(await tags.list({ ctx, input: { kind: 'port' } })).toEqual([])
})

test('are bounded, and those of another project are its own', async () => {
  const [mine, theirs] = [await world(), await world()]
  const of = { kind: 'router' as const, id: mine.ids.router }
  const many = Array.from({ length: 50 }, (_, index) => `t${index}`)
  await tags.set({ ctx: mine.ctx, input: { ...of, tags: many } })
  await expect(tags.add({ ctx: mine.ctx, input: { ...of, tag: 'more' } })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  await expect(tags.set({ ctx: mine.ctx, input: { ...of, tags: ['a,b'] } })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  for (const kind of taggedKinds)
    await expect(
      tags.add({ ctx: theirs.ctx, input: { kind, id: mine.ids[kind], tag: 'taken' } }),
    ).rejects.toMatchObject({ code: 'not_found' })
  const generation = async () =>
    (await cloud.db.router.findUniqueOrThrow({ where: { id: mine.ids.router } })).generation
  const before = await generation()
  await tags.set({ ctx: mine.ctx, input: { ...of, tags: [] } })
  expect(await generation()).toBe(before)
})
