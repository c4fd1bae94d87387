import { expect, test } from 'vitest'
import { dhcpOptionsField, planDhcpOptions } from './plan.ts'

const plan = (...options: { name: string; value: string }[]) =>
  planDhcpOptions(dhcpOptionsField.parse(options))

test('options are kept by the name that dnsmasq has for them', () => {
  expect(
    plan(
      { name: '42', value: '192.0.2.1, 192.0.2.2' },
      { name: 'Bootfile-Name', value: 'pxelinux.0, the other' },
      { name: '224', value: 'whatever it is' },
      { name: 'server-ip-address', value: '192.0.2.9' },
    ),
  ).toEqual([
    { name: 'ntp-server', value: '192.0.2.1,192.0.2.2', ipVersion: 4 },
    { name: 'bootfile-name', value: 'pxelinux.0, the other', ipVersion: 4 },
    { name: '224', value: 'whatever it is', ipVersion: 4 },
    { name: 'server-ip-address', value: '192.0.2.9', ipVersion: 4 },
  ])
})

test.each([
  ['ntp-server', 'time.example'],
  ['mtu', '100'],
  ['mtu', '1e3'],
  ['ip-forward-enable', 'yes'],
  ['domain-search', 'a..b'],
  ['tftp-server', 'a"b'],
  ['tftp-server', 'a\\b'],
  ['224', 'a\nb'],
  ['server-ip-address', '2001:db8::1'],
])('%s is refused the value %j', (name, value) => {
  expect(() => plan({ name, value })).toThrow(
    expect.objectContaining({ code: 'invalid_input', field: 'extraDhcpOptions.0.value' }),
  )
})

test.each([
  ['router', 'metadata'],
  ['121', 'metadata'],
  ['54', 'DHCP itself'],
  ['hostname', 'name on the network'],
  ['netmask', 'subnet'],
  ['255', 'no DHCP option'],
  ['0', 'DHCP itself'],
  ['nonsense', 'no DHCP option'],
])('the option %s is refused, and it is said why', (name, why) => {
  expect(() => plan({ name, value: '1' })).toThrow(
    expect.objectContaining({ field: 'extraDhcpOptions.0.name', message: expect.stringContaining(why) }),
  )
})

test('an option stands there once, whatever it is called, and there are at most 20', () => {
  expect(() => plan({ name: '26', value: '1400' }, { name: 'mtu', value: '1400' })).toThrow('twice')
  const many = Array.from({ length: 21 }, (_, index) => ({ name: String(200 + index), value: 'x' }))
  expect(dhcpOptionsField.safeParse(many).success).toBe(false)
})
