import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestCloud, eventsIn, makeTenant, type TestCloud } from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'

const { networks, ports } = networkVerbs
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

test('a port has options of its own, which are replaced as a whole and told to its host', async () => {
  const { ctx } = await makeTenant(cloud)
  const { id: networkId } = await networks.create({
    ctx,
    input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
  })
  const create = (name: string, value: string) =>
    ports.create({ ctx, input: { networkId, extraDhcpOptions: [{ name, value }] } })
  await expect(create('router', '10.0.0.9')).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'extraDhcpOptions.0.name',
    message: expect.stringContaining('metadata'),
  })
  const port = await create('42', '192.0.2.1')
  const ntp = { name: 'ntp-server', value: '192.0.2.1', ipVersion: 4 }
  expect(port.extraDhcpOptions).toEqual([ntp])
  const update = (input: object) => ports.update({ ctx, input: { id: port.id, ...input } })
  expect((await update({ name: 'other' })).extraDhcpOptions).toEqual([ntp])
  const from = cloud.kicked.length
  const changed = await update({ extraDhcpOptions: [{ name: 'mtu', value: '1400' }] })
  expect(changed.extraDhcpOptions).toEqual([{ name: 'mtu', value: '1400', ipVersion: 4 }])
  expect(eventsIn(cloud.kicked.slice(from)).map(({ noun }) => noun)).toContain('network')
  expect((await update({ extraDhcpOptions: [] })).extraDhcpOptions).toEqual([])
})
