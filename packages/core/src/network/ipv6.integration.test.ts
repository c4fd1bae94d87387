import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findMetadataSource } from '../compute/metadata/lookup.ts'
import { type Ctx, mutate } from '../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeInstance,
  makeTenant,
  type TestCloud,
} from '../testing/index.ts'
import { slaacAddress } from './addresses/ipv6.ts'
import { networkVerbs } from './index.ts'
import { allocateInstancePorts, dhcpOwner } from './ports/index.ts'
import type { PortRow } from './ports/row.ts'

const { networks, subnets, ports, routers, floatingIps } = networkVerbs

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
  admin = ctxFor(cloud, { user: tenant.user, project: tenant.project, systemRole: 'admin' })
})

const slaac = { cidr: 'fd00:1::/64', ipv6RaMode: 'slaac', ipv6AddressMode: 'slaac' } as const
const stateful = {
  cidr: 'fd00:2::/112',
  ipv6RaMode: 'dhcpv6-stateful',
  ipv6AddressMode: 'dhcpv6-stateful',
} as const
const dual = (furtherSubnets: object[] = [slaac]) =>
  networks.create({
    ctx,
    input: { name: 'dual', subnet: { cidr: '10.0.0.0/24' }, furtherSubnets: furtherSubnets as never },
  })
const addressesOf = ({ fixedIps }: Pick<PortRow, 'fixedIps'>) => fixedIps.map(({ ipAddress }) => ipAddress)
const formed = ({ macAddress }: Pick<PortRow, 'macAddress'>, cidr: string = slaac.cidr) =>
  slaacAddress(cidr, macAddress)

describe('subnets of IPv6', () => {
  test('are made with their network, counted, and served by the port of DHCP', async () => {
    const network = await dual([slaac, stateful, { cidr: 'fd00:3::/64' }])
    expect(network.subnets).toMatchObject([
      { ipVersion: 4, cidr: '10.0.0.0/24', ipv6RaMode: null },
      { ipVersion: 6, ...slaac, gatewayIp: 'fd00:1::1', used: 1 },
      { ipVersion: 6, ...stateful, used: 1, total: 2 ** 16 - 2 },
      // Nobody of the cloud serves it.
      { ipVersion: 6, ipv6RaMode: null, ipv6AddressMode: null, used: 0 },
    ])
    const dhcp = await cloud.db.port.findFirstOrThrow({
      where: { networkId: network.id, deviceOwner: dhcpOwner },
      include: { allocations: { orderBy: { ipAddress: 'asc' } } },
    })
    expect(dhcp.allocations.map(({ ipAddress }) => ipAddress)).toContain(formed(dhcp))
    expect(dhcp.allocations).toHaveLength(3)
    expect(
      (await cloud.db.quotaUsage.findFirst({ where: { scopeId: projectId, resource: 'subnets' } }))?.used,
    ).toBe(4)
    await expect(subnets.create({ ctx, input: { networkId: network.id, ...slaac } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'cidr',
    })
    await expect(
      networks.create({ ctx, input: { name: 'x', furtherSubnets: [{ cidr: 'fe80::/64' }] } }),
    ).rejects.toMatchObject({ field: 'furtherSubnets.0.cidr' })
    await expect(
      networks.create({ ctx, input: { name: 'x', mtu: 1_279, subnet: slaac } }),
    ).rejects.toMatchObject({ field: 'subnet.cidr', message: expect.stringContaining('1280') })
  })

  test('keep their modes when they are changed, and what serves them', async () => {
    const network = await dual()
    const id = network.subnets[1]!.id
    const mtu = networks.update({ ctx, input: { id: network.id, mtu: 1_279 } })
    await expect(mtu).rejects.toMatchObject({ code: 'invalid_input', field: 'mtu' })
    expect(await subnets.update({ ctx, input: { id, name: 'six', dnsServers: ['FD00::53'] } })).toMatchObject(
      { name: 'six', dnsServers: ['fd00::53'], ipv6RaMode: 'slaac' },
    )
    await expect(subnets.update({ ctx, input: { id, enableDhcp: false } })).rejects.toMatchObject({
      field: 'enableDhcp',
    })
    await expect(subnets.update({ ctx, input: { id, gatewayIp: 'fd00:1::5' } })).rejects.toMatchObject({
      field: 'gatewayIp',
    })
  })

  test('whose guests make their addresses give the ports that are there theirs, and take them back', async () => {
    const network = await networks.create({ ctx, input: { name: 'late', subnet: { cidr: '10.0.0.0/24' } } })
    const instance = await makeInstance(cloud, { projectId })
    const port = await ports.create({ ctx, input: { networkId: network.id } })
    await cloud.db.port.update({
      where: { id: port.id },
      data: { instanceId: instance.id, deviceOwner: 'compute:nova', deviceId: instance.id },
    })
    const { id: routerId } = await routers.create({ ctx, input: { subnetIds: [network.subnets[0]!.id] } })
    const subnet = await subnets.create({ ctx, input: { networkId: network.id, ...slaac } })
    const later = await ports.show({ ctx, input: { id: port.id } })
    expect(addressesOf(later)).toEqual([port.fixedIps[0]!.ipAddress, formed(port)])
    const last = (noun: string, id: string) =>
      eventsIn(cloud.kicked).findLast((event) => event.noun === noun && event.id === id)?.data
    expect(addressesOf(last('port', port.id) as PortRow)).toEqual(addressesOf(later))
    expect(last('instance', instance.id)).toMatchObject({
      addresses: [{ ip: port.fixedIps[0]!.ipAddress }, { ip: formed(port) }],
    })
    // DHCP and the port; the router has not joined it.
    expect(await cloud.db.addressAllocation.count({ where: { subnetId: subnet.id } })).toBe(2)

    await routers.addInterface({ ctx, input: { id: routerId, subnetId: subnet.id } })
    await expect(subnets.delete({ ctx, input: { id: subnet.id } })).rejects.toThrow(/1 port \(router/)
    expect(addressesOf(await ports.show({ ctx, input: { id: port.id } }))).toHaveLength(2)
    await routers.removeInterface({ ctx, input: { id: routerId, subnetId: subnet.id } })
    await subnets.delete({ ctx, input: { id: subnet.id } })
    expect(addressesOf(await ports.show({ ctx, input: { id: port.id } }))).toEqual(addressesOf(port))
    expect(addressesOf(last('port', port.id) as PortRow)).toEqual(addressesOf(port))
  })
})

describe('ports on IPv6', () => {
  test('get one address of IPv4, one of the pools, and one of each MAC', async () => {
    const network = await dual([slaac, stateful])
    const port = await ports.create({ ctx, input: { networkId: network.id } })
    expect(addressesOf(port)).toEqual([
      expect.stringMatching(/^10\.0\.0\./),
      formed(port),
      expect.stringMatching(/^fd00:2::/),
    ])
    const none = await ports.create({ ctx, input: { networkId: network.id, fixedIps: [] } })
    expect(none.fixedIps).toEqual([])
    const only = await networks.create({ ctx, input: { name: 'six', subnet: slaac } })
    const six = await ports.create({
      ctx,
      input: { networkId: only.id, macAddress: 'fa:16:3e:12:34:56' },
    })
    expect(addressesOf(six)).toEqual(['fd00:1::f816:3eff:fe12:3456'])
    expect((await ports.list({ ctx, input: { search: 'fd00:1::f816:3eff:fe12:3456' } })).items).toEqual([six])
  })

  test('have chosen addresses where addresses can be chosen', async () => {
    const network = await dual([slaac, stateful])
    const [, free, pooled] = network.subnets
    const create = (fixedIps: { subnetId?: string; ipAddress?: string }[]) =>
      ports.create({ ctx, input: { networkId: network.id, fixedIps } })
    const port = await create([{ ipAddress: 'FD00:2::00AB' }, { ipAddress: '10.0.0.77' }])
    expect(addressesOf(port)).toEqual(expect.arrayContaining(['10.0.0.77', 'fd00:2::ab', formed(port)]))
    await expect(create([{ ipAddress: 'fd00:2::ab' }])).rejects.toMatchObject({ code: 'conflict' })
    for (const [ipAddress, why] of [
      ['fd00:1::77', /make their address of their MAC/],
      ['fd00:2::', /the network address/],
      ['fd00:2::1', /the gateway/],
      ['fd00:9::1', /not in a subnet/],
      ['fd00:', /not an IP address/],
    ] as const)
      await expect(create([{ ipAddress }])).rejects.toMatchObject({
        code: 'invalid_input',
        field: 'fixedIps.0.ipAddress',
        message: expect.stringMatching(why),
      })
    const named = await create([{ subnetId: free!.id }])
    expect(addressesOf(named)).toEqual([formed(named)])
    const any = await create([{ subnetId: pooled!.id }])
    expect(addressesOf(any)).toHaveLength(2)

    const update = (fixedIps: { ipAddress?: string }[]) =>
      ports.update({ ctx, input: { id: port.id, fixedIps } })
    // What a form sends back: all that it has, one of them changed.
    const changed = await update([
      { ipAddress: '10.0.0.78' },
      { ipAddress: 'fd00:2::ab' },
      { ipAddress: formed(port) },
    ])
    expect(addressesOf(changed).sort()).toEqual(['10.0.0.78', formed(port), 'fd00:2::ab'].sort())
    // It stays also when it is not named: the guest gives it to itself.
    expect(addressesOf(await update([{ ipAddress: '10.0.0.79' }]))).toEqual(['10.0.0.79', formed(port)])
    expect(addressesOf(await update([]))).toEqual([])
    await expect(update([{ ipAddress: 'fd00:1::5' }])).rejects.toMatchObject({ code: 'invalid_input' })
    const paired = await ports.update({
      ctx,
      input: { id: port.id, allowedAddressPairs: [{ ipAddress: 'FD00:2::F0/124' }] },
    })
    expect(paired.allowedAddressPairs).toEqual([{ ipAddress: 'fd00:2::f0/124', macAddress: port.macAddress }])
  })

  test('of instances have all of them, in rows and in the metadata of the guest', async () => {
    const network = await dual([slaac, stateful])
    const made = await Promise.all(Array.from({ length: 3 }, () => makeInstance(cloud, { projectId })))
    const allocated = await mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId,
        ports: made.map(({ id }) => ({ instanceId: id, networkId: network.id, deviceIndex: 0 })),
      }),
    )
    for (const port of allocated) {
      expect(addressesOf(port)).toEqual([
        expect.stringMatching(/^10\.0\.0\./),
        expect.stringMatching(/^fd00:2::/),
        formed(port),
      ])
      const where = { networkId: network.id }
      for (const ipAddress of [...addressesOf(port), formed(port, 'fe80::/64')])
        expect(await findMetadataSource(cloud.db, { ...where, ipAddress }, '')).toMatchObject({
          instanceId: port.instanceId,
        })
      const source = await findMetadataSource(cloud.db, { ...where, ipAddress: formed(port) }, '')
      expect(source!.ports[0]!.addresses[0]!.ipAddress).toMatch(/^10\./)
    }
    for (const ipAddress of ['fe80::1', 'x'])
      expect(await findMetadataSource(cloud.db, { networkId: network.id, ipAddress }, '')).toBeNull()
  })

  test('share a small pool without a double, and say when it is empty', async () => {
    const network = await networks.create({
      ctx,
      input: { name: 'small', subnet: { ...stateful, cidr: 'fd00:2::/124' } },
    })
    const create = () => ports.create({ ctx, input: { networkId: network.id } })
    // 16 addresses without the network's, the gateway's and the one of DHCP.
    const made = await Promise.all(Array.from({ length: 13 }, create))
    expect(new Set(made.flatMap(addressesOf)).size).toBe(13)
    await expect(create()).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'no_free_address' } })
  })
})

describe('routers on IPv6', () => {
  test('are gateways of both kinds, each with a port of its own, and go out by both', async () => {
    const network = await dual()
    const external = await networks.create({
      ctx: admin,
      input: {
        name: 'public',
        external: true,
        subnet: { cidr: '172.24.4.0/24', enableDhcp: false },
        furtherSubnets: [{ cidr: 'fd00:ff::/64', enableDhcp: false }],
      },
    })
    const router = await routers.create({
      ctx,
      input: {
        gateway: { networkId: external.id },
        subnetIds: network.subnets.map(({ id }) => id),
      },
    })
    expect(router.interfaces.map(({ fixedIps }) => fixedIps)).toMatchObject([
      [{ ipAddress: '10.0.0.1' }],
      [{ ipAddress: 'fd00:1::1' }],
    ])
    expect(router.gateway!.fixedIps.map(({ cidr }) => cidr).sort()).toEqual(['172.24.4.0/24', 'fd00:ff::/64'])
    const other = await networks.create({ ctx, input: { name: 'other', subnet: slaac } })
    await expect(
      routers.addInterface({ ctx, input: { id: router.id, subnetId: other.subnets[0]!.id } }),
    ).rejects.toThrow(/overlaps/)
    const routed = await routers.update({
      ctx,
      input: { id: router.id, routes: [{ destination: 'FD00:5::/48', nexthop: 'fd00:1::0009' }] },
    })
    expect(routed.routes).toEqual([{ destination: 'fd00:5::/48', nexthop: 'fd00:1::9' }])
    await expect(
      routers.update({
        ctx,
        input: { id: router.id, routes: [{ destination: '10.9.0.0/16', nexthop: 'fd00:1::9' }] },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'routes.0.nexthop' })

    // Floating IPs are of IPv4, and lead to the one IPv4 address without a question.
    const port = await ports.create({ ctx, input: { networkId: network.id } })
    const floating = await floatingIps.create({ ctx, input: { networkId: external.id, portId: port.id } })
    expect(floating).toMatchObject({
      address: expect.stringMatching(/^172\.24\.4\./),
      fixedIpAddress: port.fixedIps[0]!.ipAddress,
    })
    await expect(
      floatingIps.create({
        ctx,
        input: { networkId: external.id, portId: port.id, fixedIpAddress: formed(port) },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'fixedIpAddress' })
  })
})
