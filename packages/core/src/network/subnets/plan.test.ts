import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NephosError } from '../../kernel/index.ts'
import {
  contains,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
  sizeOf,
} from '../addresses/ipv4.ts'
import { spaceOf } from '../addresses/space.ts'
import { subnetInput } from './input.ts'
import { planSubnet } from './plan.ts'

const plan = (fields: Record<string, unknown>, siblings: string[] = [], path = '') =>
  planSubnet(subnetInput.parse(fields), siblings, path)

function refusal(work: () => unknown): NephosError {
  try {
    work()
  } catch (error) {
    if (error instanceof NephosError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a subnet', () => {
  test('takes the first address as gateway and the others as pool', () => {
    expect(plan({ cidr: '10.0.0.0/24' })).toEqual({
      ipVersion: 4,
      ipv6RaMode: null,
      ipv6AddressMode: null,
      cidr: '10.0.0.0/24',
      gatewayIp: '10.0.0.1',
      enableDhcp: true,
      pools: [{ start: '10.0.0.2', end: '10.0.0.254' }],
      dnsServers: [],
      hostRoutes: [],
    })
  })

  test('has two pools around a gateway in the middle, and one without a gateway', () => {
    expect(plan({ cidr: '10.0.0.0/29', gatewayIp: '10.0.0.3' }).pools).toEqual([
      { start: '10.0.0.1', end: '10.0.0.2' },
      { start: '10.0.0.4', end: '10.0.0.6' },
    ])
    expect(plan({ cidr: '10.0.0.0/29', gatewayIp: null })).toMatchObject({
      gatewayIp: null,
      pools: [{ start: '10.0.0.1', end: '10.0.0.6' }],
    })
    expect(plan({ cidr: '10.0.0.0/29', gatewayIp: '10.0.0.6' }).pools).toEqual([
      { start: '10.0.0.1', end: '10.0.0.5' },
    ])
  })

  test('suggests the network address when host bits are set', () => {
    const error = refusal(() => plan({ cidr: '10.0.0.77/24' }, [], 'subnet.'))
    expect(error).toMatchObject({ code: 'invalid_input', field: 'subnet.cidr', remedy: 'Use 10.0.0.0/24.' })
  })

  test.each([
    ['', 'cidr'],
    ['10.0.0.0', 'cidr'],
    ['10.0.0/24', 'cidr'],
    ['010.0.0.0/24', 'cidr'],
    ['0x0a.0.0.0/24', 'cidr'],
    ['10.0.0.0/24/1', 'cidr'],
    ['10.0.0.256/24', 'cidr'],
    ['10.0.0.0/-1', 'cidr'],
    ['10.0.0.0/33', 'cidr'],
    ['10.0.0.0/024', 'cidr'],
    ['10.0.0.0/30', 'cidr'],
    ['10.0.0.0/7', 'cidr'],
    ['fd00::/63', 'cidr'],
    ['١٠.0.0.0/24', 'cidr'],
    ['10.0.0.0/24; rm', 'cidr'],
    ['0.0.0.0/8', 'cidr'],
    ['127.0.0.0/24', 'cidr'],
    ['169.254.169.0/24', 'cidr'],
    ['224.0.0.0/24', 'cidr'],
    ['255.255.255.0/24', 'cidr'],
  ])('refuses the range %j', (cidr, field) => {
    const parsed = subnetInput.safeParse({ cidr })
    if (!parsed.success) expect(parsed.error.issues[0]!.path).toEqual([field])
    else expect(refusal(() => planSubnet(parsed.data, [])).field).toBe(field)
  })

  test('refuses a range that overlaps with another subnet of the network', () => {
    for (const sibling of ['10.0.0.0/24', '10.0.0.0/16', '10.0.0.128/25'])
      expect(refusal(() => plan({ cidr: '10.0.0.0/24' }, [sibling])).message).toContain(
        'overlaps with another subnet',
      )
    expect(plan({ cidr: '10.0.1.0/24' }, ['10.0.0.0/24']).cidr).toBe('10.0.1.0/24')
  })

  test.each([
    [{ gatewayIp: '10.0.1.1' }, 'gatewayIp'],
    [{ gatewayIp: '10.0.0.0' }, 'gatewayIp'],
    [{ gatewayIp: '10.0.0.255' }, 'gatewayIp'],
    [{ gatewayIp: 'gateway' }, 'gatewayIp'],
    [{ pools: [{ start: '10.0.0.1', end: '10.0.0.9' }] }, 'pools.0'],
    [{ pools: [{ start: '10.0.0.9', end: '10.0.0.2' }] }, 'pools.0'],
    [{ pools: [{ start: '10.0.0.9', end: '10.0.0.255' }] }, 'pools.0'],
    [{ pools: [{ start: 'x', end: '10.0.0.9' }] }, 'pools.0.start'],
    [{ pools: [{ start: '10.0.0.9', end: '' }] }, 'pools.0.end'],
    [
      {
        pools: [
          { start: '10.0.0.10', end: '10.0.0.20' },
          { start: '10.0.0.20', end: '10.0.0.30' },
        ],
      },
      'pools.1',
    ],
    [{ dnsServers: ['10.0.0.1', 'dns'] }, 'dnsServers.1'],
    [{ dnsServers: ['224.0.0.1'] }, 'dnsServers.0'],
    [{ dnsServers: ['10.0.0.1', '10.0.0.1'] }, 'dnsServers.1'],
    [{ hostRoutes: [{ destination: '10.1.0.1/16', nexthop: '10.0.0.9' }] }, 'hostRoutes.0.destination'],
    [{ hostRoutes: [{ destination: '10.1.0.0', nexthop: '10.0.0.9' }] }, 'hostRoutes.0.destination'],
    [{ hostRoutes: [{ destination: '10.1.0.0/16', nexthop: '10.0.0.9\n' }] }, null],
    [{ hostRoutes: [{ destination: '10.1.0.0/16', nexthop: 'a' }] }, 'hostRoutes.0.nexthop'],
  ])('checks %j', (fields, field) => {
    if (field === null) expect(plan({ cidr: '10.0.0.0/24', ...fields }).hostRoutes).toHaveLength(1)
    else expect(refusal(() => plan({ cidr: '10.0.0.0/24', ...fields })).field).toBe(field)
  })

  test('has at most five DNS servers and twenty routes', () => {
    const dnsServers = Array.from({ length: 6 }, (_, i) => `192.0.2.${i + 1}`)
    const hostRoutes = Array.from({ length: 21 }, (_, i) => ({
      destination: `10.${i + 1}.0.0/16`,
      nexthop: '10.0.0.9',
    }))
    expect(subnetInput.safeParse({ cidr: '10.0.0.0/24', dnsServers }).success).toBe(false)
    expect(subnetInput.safeParse({ cidr: '10.0.0.0/24', hostRoutes }).success).toBe(false)
    expect(subnetInput.safeParse({ cidr: '10.0.0.0/24', hostRoutes: hostRoutes.slice(1) }).success).toBe(true)
  })

  test('of IPv6 takes the first address as gateway too, and has no broadcast address', () => {
    expect(
      plan({
        cidr: 'FD00:1::/64',
        ipv6RaMode: 'slaac',
        ipv6AddressMode: 'slaac',
        dnsServers: ['fd00::0053'],
      }),
    ).toEqual({
      ipVersion: 6,
      cidr: 'fd00:1::/64',
      gatewayIp: 'fd00:1::1',
      enableDhcp: true,
      ipv6RaMode: 'slaac',
      ipv6AddressMode: 'slaac',
      pools: [{ start: 'fd00:1::2', end: 'fd00:1::ffff:ffff:ffff:ffff' }],
      dnsServers: ['fd00::53'],
      hostRoutes: [],
    })
    expect(plan({ cidr: 'fd00::/126', gatewayIp: null }).pools).toEqual([
      { start: 'fd00::1', end: 'fd00::3' },
    ])
    expect(plan({ cidr: 'fd00::/64', gatewayIp: 'fd00::ffff' }).pools).toEqual([
      { start: 'fd00::1', end: 'fd00::fffe' },
      { start: 'fd00::1:0', end: 'fd00::ffff:ffff:ffff:ffff' },
    ])
  })

  test.each([
    [{ cidr: 'fd00::/48' }, 'cidr'],
    [{ cidr: 'fd00::/127' }, 'cidr'],
    [{ cidr: 'fd00::1/64' }, 'cidr'],
    [{ cidr: 'fe80::/64' }, 'cidr'],
    [{ cidr: 'ff02::/64' }, 'cidr'],
    [{ cidr: '::/64' }, 'cidr'],
    [{ cidr: 'fd00::/64', ipVersion: 4 }, 'ipVersion'],
    [{ cidr: '10.0.0.0/24', ipv6RaMode: 'slaac' }, 'ipv6RaMode'],
    [{ cidr: 'fd00::/96', ipv6AddressMode: 'slaac' }, 'cidr'],
    [{ cidr: 'fd00::/96', ipv6RaMode: 'dhcpv6-stateless' }, 'cidr'],
    [{ cidr: 'fd00::/64', ipv6RaMode: 'slaac', ipv6AddressMode: 'dhcpv6-stateful' }, 'ipv6AddressMode'],
    [{ cidr: 'fd00::/64', ipv6RaMode: 'slaac', enableDhcp: false }, 'enableDhcp'],
    [{ cidr: 'fd00::/64', gatewayIp: 'fd00::' }, 'gatewayIp'],
    [{ cidr: 'fd00::/64', gatewayIp: '10.0.0.1' }, 'gatewayIp'],
    [{ cidr: 'fd00::/64', dnsServers: ['9.9.9.9'] }, 'dnsServers.0'],
    [{ cidr: 'fd00::/64', dnsServers: ['fd00::1', 'fd00:0::1'] }, 'dnsServers.1'],
    [{ cidr: '10.0.0.0/24', dnsServers: ['fd00::1'] }, 'dnsServers.0'],
    [{ cidr: 'fd00::/64', pools: [{ start: 'fd00::9', end: 'fd00::2' }] }, 'pools.0'],
    [{ cidr: 'fd00::/64', pools: [{ start: 'fd00::9', end: '10.0.0.9' }] }, 'pools.0.end'],
    [
      { cidr: 'fd00::/64', hostRoutes: [{ destination: '10.0.0.0/8', nexthop: 'fd00::1' }] },
      'hostRoutes.0.destination',
    ],
    [
      { cidr: 'fd00::/64', hostRoutes: [{ destination: 'fd01::/48', nexthop: '10.0.0.1' }] },
      'hostRoutes.0.nexthop',
    ],
  ])('of IPv6 checks %j', (fields, field) => expect(refusal(() => plan(fields)).field).toBe(field))

  test('of IPv6 lets stateful guests have any prefix, and one mode may be left to others', () => {
    expect(
      plan({ cidr: 'fd00::/96', ipv6RaMode: 'dhcpv6-stateful', ipv6AddressMode: 'dhcpv6-stateful' }),
    ).toBeTruthy()
    expect(plan({ cidr: 'fd00::/64', ipv6AddressMode: 'slaac' })).toMatchObject({ ipv6RaMode: null })
    expect(plan({ cidr: 'fd00::/64', enableDhcp: false })).toMatchObject({
      ipv6RaMode: null,
      enableDhcp: false,
    })
  })

  test('of one kind never overlaps with one of the other', () => {
    expect(plan({ cidr: 'fd00::/64' }, ['10.0.0.0/8']).cidr).toBe('fd00::/64')
    expect(refusal(() => plan({ cidr: 'fd00::/64' }, ['10.0.0.0/8', 'fd00::/126'])).message).toContain(
      'fd00::/126',
    )
  })

  test('whatever the range and the gateway: pools are inside, disjoint, without the gateway, and miss nothing', () => {
    const cidrs = fc.tuple(fc.integer({ min: 8, max: 29 }), fc.nat(2 ** 24 - 1)).map(([prefix, bits]) => {
      const size = 2 ** (32 - prefix)
      const base = parseAddress('10.0.0.0')!
      const first = prefix === 8 ? base : base + Math.floor(bits / size) * size
      return { first, last: first + size - 1, prefix }
    })
    fc.assert(
      fc.property(cidrs, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (range, at) => {
        const gateway = range.first + 1 + Math.floor(at * (range.last - range.first - 1))
        const planned = plan({ cidr: formatCidr(range), gatewayIp: formatAddress(gateway) })
        const pools = spaceOf({ ipVersion: 4, pools: planned.pools.map((pool) => ({ ...pool })) }).ranges
        expect(sizeOf(pools)).toBe(range.last - range.first + 1 - 3)
        expect(pools.some((pool) => contains(pool, gateway))).toBe(false)
        expect(pools.every((pool) => pool.first > range.first && pool.last < range.last)).toBe(true)
        expect(pools.length < 2 || !overlaps(pools[0]!, pools[1]!)).toBe(true)
      }),
    )
  })

  test('any text is either a range in its one form or refused by name of the field', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 24 }),
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 40 })).map(([ip, prefix]) => `${ip}/${prefix}`),
      fc.ipV4Extended().map((ip) => `${ip}/24`),
    )
    fc.assert(
      fc.property(texts, (cidr) => {
        const parsed = subnetInput.safeParse({ cidr })
        if (!parsed.success) return
        try {
          const planned = planSubnet(parsed.data, [])
          const range = parseCidr(planned.cidr)!
          expect(planned.cidr).toBe(cidr.trim())
          expect(range.given).toBe(range.first)
          expect(range.prefix >= 8 && range.prefix <= 29).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input', field: 'cidr' })
        }
      }),
      { numRuns: 500 },
    )
  })
})
