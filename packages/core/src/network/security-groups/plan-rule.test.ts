import { expect, test } from 'vitest'
import { planRule } from './plan-rule.ts'

const ingress = (fields: object) => planRule({ direction: 'ingress', ethertype: 'IPv4', ...fields })

test.each([
  [{}, { protocol: null, portMin: null, portMax: null, remoteIpPrefix: null }],
  [{ protocol: 'ANY' }, { protocol: null }],
  [{ protocol: '0' }, { protocol: null }],
  [
    { protocol: '6', portMin: 1, portMax: 65535 },
    { protocol: 'tcp', portMin: 1, portMax: 65535 },
  ],
  [{ protocol: '253' }, { protocol: '253' }],
  [{ protocol: 'vrrp' }, { protocol: 'vrrp' }],
  [
    { protocol: 'icmp', portMin: 8, portMax: 0 },
    { portMin: 8, portMax: 0 },
  ],
  [
    { protocol: 'icmp', portMin: 0 },
    { portMin: 0, portMax: null },
  ],
  [{ ethertype: 'IPv6', protocol: 'icmp' }, { protocol: 'ipv6-icmp' }],
  [{ ethertype: 'IPv6', protocol: 'icmp6' }, { protocol: 'ipv6-icmp' }],
  [{ remoteIpPrefix: '10.1.2.3/8' }, { remoteIpPrefix: '10.0.0.0/8' }],
  [{ remoteIpPrefix: '10.1.2.3' }, { remoteIpPrefix: '10.1.2.3/32' }],
  [{ ethertype: 'IPv6', remoteIpPrefix: '2001:DB8:0::1/32' }, { remoteIpPrefix: '2001:db8::/32' }],
  [{ ethertype: 'IPv6', remoteIpPrefix: '::/0' }, { remoteIpPrefix: '::/0' }],
])('%j is a rule', (fields, expected) => {
  expect(ingress(fields)).toMatchObject(expected)
})

test.each([
  ['protocol', { protocol: 'tpc' }],
  ['protocol', { protocol: '256' }],
  ['protocol', { protocol: '-1' }],
  ['protocol', { protocol: 'ipv6-icmp' }],
  ['protocol', { portMin: 22, portMax: 22 }],
  ['portMin', { protocol: 'tcp', portMin: 0, portMax: 22 }],
  ['portMin', { protocol: 'tcp', portMin: 23, portMax: 22 }],
  ['portMax', { protocol: 'udp', portMin: 22 }],
  ['portMin', { protocol: 'udp', portMax: 22 }],
  ['portMax', { protocol: 'tcp', portMin: 22, portMax: 65536 }],
  ['portMin', { protocol: 'tcp', portMin: 1.5, portMax: 2 }],
  ['portMin', { protocol: 'gre', portMin: 22, portMax: 22 }],
  ['portMin', { protocol: 'icmp', portMax: 3 }],
  ['portMax', { protocol: 'icmp', portMin: 3, portMax: 256 }],
  ['remoteIpPrefix', { remoteIpPrefix: '10.0.0.0/33' }],
  ['remoteIpPrefix', { remoteIpPrefix: '010.0.0.0/8' }],
  ['remoteIpPrefix', { remoteIpPrefix: '::/0' }],
  ['remoteIpPrefix', { ethertype: 'IPv6', remoteIpPrefix: '10.0.0.0/8' }],
  ['remoteIpPrefix', { ethertype: 'IPv6', remoteIpPrefix: '2001:db8::/129' }],
  ['remoteGroupId', { remoteIpPrefix: '10.0.0.0/8', remoteGroupId: 'g' }],
])('the field %s is wrong in %j', (field, fields) => {
  expect(() => ingress(fields)).toThrow(expect.objectContaining({ code: 'invalid_input', field }))
})

test('rules that mean the same have one fingerprint, others have not', () => {
  const print = (fields: object) => ingress(fields).fingerprint
  expect(print({ protocol: '6', portMin: 22, portMax: 22, remoteIpPrefix: '0.0.0.0/0' })).toBe(
    print({ protocol: 'tcp', portMin: 22, portMax: 22 }),
  )
  expect(print({ remoteIpPrefix: '10.0.0.1/24' })).toBe(print({ remoteIpPrefix: '10.0.0.99/24' }))
  expect(print({ remoteGroupId: 'g' })).not.toBe(print({}))
  expect(print({ ethertype: 'IPv6' })).not.toBe(print({}))
})
