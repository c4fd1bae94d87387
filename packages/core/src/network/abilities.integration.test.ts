import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import { createTestCloud, ctxFor, makeHost, makeTenant, type TestCloud } from '../testing/index.ts'
import { networkVerbs } from './index.ts'

const { networks, subnets } = networkVerbs

let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  const operator = await makeTenant(cloud)
  admin = ctxFor(cloud, { user: operator.user, project: operator.project, role: 'admin' })
})
afterAll(() => cloud?.close())

const net = (more: object, as = admin) =>
  networks.create({ ctx: as, input: { name: 'net', subnet: { cidr: '10.0.0.0/24' }, ...more } })

test('an untagged network and its VLANs have each their place on a physical network', async () => {
  const physicalNetwork = 'office'
  const { id } = await net({ physicalNetwork })
  const tagged = await net({ physicalNetwork, vlanId: 42 })
  expect(await networks.show({ ctx: admin, input: { id: tagged.id } })).toMatchObject({
    physicalNetwork,
    vlanId: 42,
    mtu: 1500,
  })
  await expect(net({ physicalNetwork, vlanId: 42 })).rejects.toMatchObject({
    code: 'conflict',
    field: 'vlanId',
    message: 'The network net is on VLAN 42 of office already.',
  })
  await expect(net({ vlanId: 42 })).rejects.toMatchObject({ field: 'physicalNetwork' })
  await expect(net({ physicalNetwork, vlanId: 4095 })).rejects.toMatchObject({ field: 'vlanId' })
  await networks.delete({ ctx: admin, input: { id } })
  await expect(
    networks.create({ ctx: (await makeTenant(cloud)).ctx, input: { name: 'net', vlanId: 7 } }),
  ).rejects.toMatchObject({ code: 'forbidden', field: 'vlanId' })
})

test('what no host can do is refused, with the reason, until one can', async () => {
  const host = await makeHost(cloud, {
    networkDriver: 'linux',
    facts: {
      network: { noIpv6: 'No IPv6 here.', noVlans: 'No module 8021q.', physicalNetworks: ['campus'] },
    },
  })
  await expect(net({ physicalNetwork: 'dc' })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'physicalNetwork',
    remedy: 'There are: campus.',
  })
  await expect(net({ physicalNetwork: 'campus', vlanId: 5 })).rejects.toMatchObject({
    code: 'unsupported',
    field: 'vlanId',
    message: 'No host can tag frames. No module 8021q.',
  })
  const { id: networkId } = await net({ physicalNetwork: 'campus' })
  const sixth = () => subnets.create({ ctx: admin, input: { networkId, cidr: '2001:db8:5::/64' } })
  await expect(sixth()).rejects.toMatchObject({ code: 'unsupported', field: 'cidr' })
  await makeHost(cloud, {
    networkDriver: 'linux',
    facts: { network: { physicalNetworks: ['dc'] } },
  })
  expect((await sixth()).cidr).toBe('2001:db8:5::/64')
  await net({ physicalNetwork: 'dc', vlanId: 5 })
  await cloud.services.db.host.delete({ where: { id: host.id } })
})
