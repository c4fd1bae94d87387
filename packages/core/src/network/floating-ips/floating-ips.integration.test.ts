import { openDb } from '@nephos/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listInstances } from '../../compute/index.ts'
import { type Ctx, mutate } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeInstance,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { allocateInstancePorts, networkVerbs, releaseInstancePorts } from '../index.ts'

const { networks, ports, routers, floatingIps, portForwardings } = networkVerbs

let cloud: TestCloud
let ctx: Ctx
let admin: Ctx
let projectId: string
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  const operator = await makeTenant(cloud)
  admin = ctxFor(cloud, { user: operator.user, project: operator.project, role: 'admin' })
})

const outside = (cidr = '172.24.4.0/24') =>
  networks.create({
    ctx: admin,
    input: { name: 'public', external: true, subnet: { cidr, enableDhcp: false } },
  })

/** A network behind a router with a way out, and a port on it. */
async function world() {
  const external = await outside()
  const inside = await networks.create({
    ctx,
    input: { name: 'inside', subnet: { cidr: '10.1.0.0/24' } },
  })
  const router = await routers.create({
    ctx,
    input: {
      name: 'edge',
      gateway: { networkId: external.id },
      subnetIds: [inside.subnets[0]!.id],
    },
  })
  const port = () => ports.create({ ctx, input: { networkId: inside.id } })
  return { external, inside, router, port }
}

const used = async (resource: string) =>
  (await cloud.db.quotaUsage.findFirst({ where: { scopeId: projectId, resource } }))?.used ?? 0
const generation = async (id: string) =>
  (await cloud.db.router.findUniqueOrThrow({ where: { id } })).generation

describe('a floating IP', () => {
  test('is an address of an external network, DOWN until it leads somewhere', async () => {
    const external = await outside()
    const row = await floatingIps.create({ ctx, input: { networkId: external.id, description: 'web' } })
    expect(row).toMatchObject({
      projectId,
      networkName: 'public',
      status: 'DOWN',
      portId: null,
      routerId: null,
      fixedIpAddress: null,
      description: 'web',
      forwardings: [],
    })
    expect(row.address.startsWith('172.24.4.')).toBe(true)
    expect([await used('floating_ips'), await used('ports')]).toEqual([1, 0])
    expect((await ports.list({ ctx, input: {} })).items).toEqual([])
    const event = eventsIn(cloud.kicked).findLast(({ id }) => id === row.id)
    expect(event).toMatchObject({ noun: 'floating_ip', change: 'created', audience: { projectId } })
    expect(Object.keys(event!.data as object).sort()).toEqual(Object.keys(row).sort())
    await floatingIps.delete({ ctx, input: { id: row.id } })
    expect(await used('floating_ips')).toBe(0)
    expect(await cloud.db.port.count({ where: { networkId: external.id } })).toBe(0)
  })

  test('comes from external networks only; its address is an administrator’s choice', async () => {
    const { external, inside } = await world()
    await expect(floatingIps.create({ ctx, input: { networkId: inside.id } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'networkId',
    })
    const input = { networkId: external.id, address: '172.24.4.200' }
    await expect(floatingIps.create({ ctx, input })).rejects.toMatchObject({
      code: 'forbidden',
      field: 'address',
    })
    expect((await floatingIps.create({ ctx: admin, input })).address).toBe('172.24.4.200')
    await expect(floatingIps.create({ ctx: admin, input })).rejects.toMatchObject({ code: 'conflict' })
    await expect(
      floatingIps.create({ ctx: admin, input: { ...input, address: '172.24.4.1' } }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'address' })
    const subnetId = external.subnets[0]!.id
    expect((await floatingIps.create({ ctx, input: { networkId: external.id, subnetId } })).status).toBe(
      'DOWN',
    )
    await expect(
      floatingIps.create({ ctx, input: { networkId: external.id, subnetId: inside.subnets[0]!.id } }),
    ).rejects.toMatchObject({ field: 'subnetId' })
  })

  test('leads to a port, moves to another one, and lets go; each time its router is told', async () => {
    const { external, router, port } = await world()
    const [one, two] = [await port(), await port()]
    const { id } = await floatingIps.create({ ctx, input: { networkId: external.id, portId: one.id } })
    const first = await floatingIps.show({ ctx, input: { id } })
    expect(first).toMatchObject({
      portId: one.id,
      fixedIpAddress: one.fixedIps[0]!.ipAddress,
      routerId: router.id,
      routerName: 'edge',
      port: { networkName: 'inside', macAddress: one.macAddress },
    })
    let before = await generation(router.id)
    const move = await floatingIps.update({ ctx, input: { id, portId: two.id } })
    expect(move.portId).toBe(two.id)
    expect(await generation(router.id)).toBe(before + 1)
    before += 1
    expect((await floatingIps.update({ ctx, input: { id, description: 'kept' } })).portId).toBe(two.id)
    expect(await generation(router.id)).toBe(before)
    const free = await floatingIps.update({ ctx, input: { id, portId: null } })
    expect(free).toMatchObject({
      portId: null,
      fixedIpAddress: null,
      routerId: null,
      status: 'DOWN',
      description: 'kept',
    })
    expect(await generation(router.id)).toBe(before + 1)
  })

  test('keeps its place when it is led there again', async () => {
    const { external, port } = await world()
    const one = await port()
    const { id } = await floatingIps.create({ ctx, input: { networkId: external.id, portId: one.id } })
    await cloud.db.floatingIp.update({ where: { id }, data: { status: 'ACTIVE' } })
    expect((await floatingIps.update({ ctx, input: { id, portId: one.id } })).status).toBe('ACTIVE')
  })

  test('names the address where a port has several, and each address has one', async () => {
    const { external, inside } = await world()
    const { id: portId } = await ports.create({
      ctx,
      input: { networkId: inside.id, fixedIps: [{ ipAddress: '10.1.0.10' }, { ipAddress: '10.1.0.11' }] },
    })
    const create = (fixedIpAddress?: string) =>
      floatingIps.create({ ctx, input: { networkId: external.id, portId, fixedIpAddress } })
    await expect(create()).rejects.toMatchObject({ code: 'invalid_input', field: 'fixedIpAddress' })
    await expect(create('10.1.0.12')).rejects.toMatchObject({ field: 'fixedIpAddress' })
    const first = await create('10.1.0.10')
    await expect(create('10.1.0.10')).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'already_associated' },
    })
    await create('10.1.0.11')
    expect(await used('floating_ips')).toBe(2)
    await expect(
      ports.update({ ctx, input: { id: portId, fixedIps: [{ ipAddress: '10.1.0.11' }] } }),
    ).rejects.toMatchObject({ detail: { reason: 'address_has_floating_ip', address: first.address } })
    await expect(
      floatingIps.update({ ctx, input: { id: first.id, fixedIpAddress: '10.1.0.10' } }),
    ).rejects.toMatchObject({ field: 'fixedIpAddress' })
  })

  test('needs a router from the port’s subnet to its own network', async () => {
    const { external } = await world()
    const alone = await networks.create({ ctx, input: { name: 'alone', subnet: { cidr: '10.7.0.0/24' } } })
    const port = await ports.create({ ctx, input: { networkId: alone.id } })
    const create = () => floatingIps.create({ ctx, input: { networkId: external.id, portId: port.id } })
    const refusal = { code: 'not_found', detail: { reason: 'external_gateway_not_found' } }
    await expect(create()).rejects.toMatchObject(refusal)
    const other = await outside('172.30.0.0/24')
    const router = await routers.create({
      ctx,
      input: { gateway: { networkId: other.id }, subnetIds: [alone.subnets[0]!.id] },
    })
    await expect(create()).rejects.toMatchObject(refusal)
    await routers.update({ ctx, input: { id: router.id, gateway: { networkId: external.id } } })
    expect((await create()).routerId).toBe(router.id)
  })

  test('holds its router to its gateway and its interface', async () => {
    const { external, inside, router, port } = await world()
    const { id, address } = await floatingIps.create({
      ctx,
      input: { networkId: external.id, portId: (await port()).id },
    })
    await expect(routers.update({ ctx, input: { id: router.id, gateway: null } })).rejects.toMatchObject({
      detail: { reason: 'gateway_used_by_floating_ip', addresses: [address] },
    })
    const remove = () =>
      routers.removeInterface({ ctx, input: { id: router.id, subnetId: inside.subnets[0]!.id } })
    await expect(remove()).rejects.toMatchObject({ detail: { reason: 'interface_used_by_floating_ip' } })
    await floatingIps.update({ ctx, input: { id, portId: null } })
    await remove()
  })

  test('does not lead to ports of other projects, unless an administrator says so', async () => {
    const { external, port } = await world()
    const theirs = (await makeTenant(cloud)).ctx
    const floatingIp = await floatingIps.create({ ctx: theirs, input: { networkId: external.id } })
    const { id } = await port()
    const input = { id: floatingIp.id, portId: id }
    await expect(floatingIps.update({ ctx: theirs, input })).rejects.toMatchObject({ code: 'not_found' })
    expect((await floatingIps.update({ ctx: admin, input })).portId).toBe(id)
    await expect(floatingIps.show({ ctx, input: { id: floatingIp.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('is free again when its port goes, or its instance; the instance shows it until then', async () => {
    const { external, inside, router, port } = await world()
    const own = await port()
    const instance = await makeInstance(cloud, { projectId })
    const [made] = await mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId,
        ports: [{ instanceId: instance.id, networkId: inside.id, deviceIndex: 0 }],
      }),
    )
    const create = (portId: string) => floatingIps.create({ ctx, input: { networkId: external.id, portId } })
    const [one, two] = [await create(own.id), await create(made!.portId)]
    expect(two).toMatchObject({ instanceId: instance.id, instanceName: instance.name })
    const listed = await listInstances({ ctx, input: { search: two.address } })
    expect(listed.items[0]!.addresses).toMatchObject([
      { ip: made!.fixedIps[0]!.ipAddress, floatingIps: [two.address] },
    ])
    const event = eventsIn(cloud.kicked).findLast(({ noun, id }) => noun === 'instance' && id === instance.id)
    expect(event?.data).toMatchObject({ addresses: [{ floatingIps: [two.address] }] })
    const before = await generation(router.id)
    await ports.delete({ ctx, input: { id: own.id } })
    await mutate(ctx, (tx) => releaseInstancePorts(tx, instance.id))
    for (const { id } of [one, two])
      expect(await floatingIps.show({ ctx, input: { id } })).toMatchObject({
        status: 'DOWN',
        portId: null,
        fixedIpAddress: null,
        routerId: null,
      })
    expect(await generation(router.id)).toBe(before + 2)
  })

  test('100 at once fill a /25 without a double; the rest are told that it is full, and nothing leaks', async () => {
    const external = await networks.create({
      ctx: admin,
      input: {
        name: 'small',
        external: true,
        subnet: {
          cidr: '172.31.0.0/25',
          enableDhcp: false,
          pools: [{ start: '172.31.0.10', end: '172.31.0.99' }],
        },
      },
    })
    await cloud.db.quotaLimit.create({ data: { projectId, resource: 'floating_ips', limit: -1 } })
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, () => floatingIps.create({ ctx, input: { networkId: external.id } })),
    )
    const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(made).toHaveLength(90)
    expect(new Set(made.map(({ address }) => address)).size).toBe(90)
    for (const reason of refused)
      expect(reason).toMatchObject({ code: 'conflict', detail: { reason: 'no_free_address' } })
    expect(await used('floating_ips')).toBe(90)
    expect(await cloud.db.port.count({ where: { networkId: external.id } })).toBe(90)
    await Promise.all(made.map(({ id }) => floatingIps.delete({ ctx, input: { id } })))
    expect(await cloud.db.addressAllocation.count({ where: { networkId: external.id } })).toBe(0)
    expect(await used('floating_ips')).toBe(0)
  }, 60_000)

  test('two requests for one port: one wins', async () => {
    const { external, port } = await world()
    const { id } = await port()
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        floatingIps.create({ ctx, input: { networkId: external.id, portId: id } }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
    expect(await used('floating_ips')).toBe(1)
  })

  test('a list is one statement', async () => {
    const { external, port } = await world()
    for (let index = 0; index < 3; index++)
      await floatingIps.create({ ctx, input: { networkId: external.id, portId: (await port()).id } })
    const statements: string[] = []
    const db = openDb(cloud.databaseUrl, { onStatement: (sql) => statements.push(sql) })
    try {
      const read = await floatingIps.list({
        ctx: { ...ctx, db },
        input: { limit: 2, sort: { by: 'address', dir: 'asc' } },
      })
      expect(statements).toHaveLength(1)
      expect(read.items).toHaveLength(2)
      const rest = await floatingIps.list({
        ctx,
        input: { limit: 2, cursor: read.nextCursor, sort: { by: 'address', dir: 'asc' } },
      })
      expect(rest.items).toHaveLength(1)
    } finally {
      await db.$disconnect()
    }
  })
})

describe('a port forwarding', () => {
  test('leads one port of an address inside, beside others, and the last one frees it', async () => {
    const { external, router, port } = await world()
    const [one, two] = [await port(), await port()]
    const floatingIp = await floatingIps.create({ ctx, input: { networkId: external.id } })
    const create = (input: object) =>
      portForwardings.create({
        ctx,
        input: {
          floatingIpId: floatingIp.id,
          protocol: 'tcp',
          externalPort: 2201,
          internalPortId: one.id,
          internalPort: 22,
          ...input,
        },
      })
    const before = await generation(router.id)
    const ssh = await create({})
    expect(ssh).toMatchObject({ internalAddress: one.fixedIps[0]!.ipAddress, externalPort: 2201 })
    expect(await generation(router.id)).toBe(before + 1)
    await expect(create({})).rejects.toMatchObject({ detail: { reason: 'external_port_in_use' } })
    await expect(create({ externalPort: 2202 })).rejects.toMatchObject({
      detail: { reason: 'internal_port_in_use' },
    })
    await expect(create({ externalPort: 0 })).rejects.toMatchObject({ code: 'invalid_input' })
    const other = await create({ externalPort: 2202, internalPortId: two.id })
    await create({ protocol: 'udp' })
    const shown = await floatingIps.show({ ctx, input: { id: floatingIp.id } })
    expect(shown).toMatchObject({ routerId: router.id, portId: null })
    expect(shown.forwardings.map(({ protocol, externalPort }) => [protocol, externalPort])).toEqual([
      ['tcp', 2201],
      ['tcp', 2202],
      ['udp', 2201],
    ])
    await expect(
      floatingIps.update({ ctx, input: { id: floatingIp.id, portId: one.id } }),
    ).rejects.toMatchObject({ detail: { reason: 'has_forwardings' } })
    await expect(
      floatingIps.create({ ctx, input: { networkId: external.id, portId: one.id } }),
    ).rejects.toMatchObject({ detail: { reason: 'port_has_forwardings' } })
    const changed = await portForwardings.update({ ctx, input: { id: other.id, externalPort: 2203 } })
    expect(changed).toMatchObject({ externalPort: 2203, internalPortId: two.id })
    await expect(
      portForwardings.update({ ctx, input: { id: other.id, externalPort: 2201 } }),
    ).rejects.toMatchObject({ code: 'conflict' })
    const listed = await portForwardings.list({
      ctx,
      input: { floatingIpId: floatingIp.id, protocol: 'tcp' },
    })
    expect(listed.items.map(({ externalPort }) => externalPort)).toEqual([2201, 2203])
    await portForwardings.delete({ ctx, input: { id: other.id } })
    // The rest goes with its port.
    await ports.delete({ ctx, input: { id: one.id } })
    expect(await floatingIps.show({ ctx, input: { id: floatingIp.id } })).toMatchObject({
      routerId: null,
      status: 'DOWN',
      forwardings: [],
    })
    expect(await cloud.db.portForwarding.count({ where: { floatingIpId: floatingIp.id } })).toBe(0)
  })

  test('is not for an address that leads somewhere as a whole', async () => {
    const { external, port } = await world()
    const [one, two] = [await port(), await port()]
    const whole = await floatingIps.create({ ctx, input: { networkId: external.id, portId: one.id } })
    const free = await floatingIps.create({ ctx, input: { networkId: external.id } })
    const input = { protocol: 'tcp', externalPort: 80, internalPort: 80 } as const
    await expect(
      portForwardings.create({ ctx, input: { ...input, floatingIpId: whole.id, internalPortId: two.id } }),
    ).rejects.toMatchObject({ detail: { reason: 'already_associated' } })
    await expect(
      portForwardings.create({ ctx, input: { ...input, floatingIpId: free.id, internalPortId: one.id } }),
    ).rejects.toMatchObject({ detail: { reason: 'port_has_floating_ip' } })
  })
})
