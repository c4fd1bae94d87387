import { describe, expect, test } from 'vitest'
import { allow, tcp } from '../../../testing/groups.ts'
import { network, port, withPorts } from '../../../testing/specs.ts'
import { rulesOf, tableText } from '../anti-spoofing.ts'
import { currentLeases, dnsmasqCommand, hasLeaseConflict, hostsText, optionsText } from '../dnsmasq.ts'
import { linesOf } from '../firewall/rule-lines.ts'
import { haproxyConfig } from '../haproxy.ts'
import { networkPaths } from '../names.ts'
import { changeOf, entriesOf, noEntries, readEntries } from '../overlay-entries.ts'
import { advertiserArguments } from '../routers/advertisers.ts'
import { routeCommands, routesOf } from '../routers/routes.ts'
import { linkLocalOf, pairLines6 } from './guard6.ts'

const subnet = { ...network(1).subnets[0]!, dnsServers: ['192.0.2.53', 'fd00::53'], hostRoutes: [] }
const six = (id: string, cidr: string, mode: 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless' | null) => ({
  ...subnet,
  subnetId: `0197c0de-0000-7000-8000-00000000${id}`,
  cidr,
  gatewayIp: null,
  dhcpIp: cidr.replace(/\/.*/, '2'),
  ipv6RaMode: mode,
  ipv6AddressMode: mode,
})
const spec = {
  ...network(7),
  subnets: [
    subnet,
    six('aaaa', 'fd00:a::/64', 'slaac'),
    six('bbbb', 'fd00:b::/64', 'dhcpv6-stateful'),
    six('cccc', 'fd00:c::/64', 'dhcpv6-stateless'),
    six('dddd', 'fd00:d::/64', null),
  ],
}

describe('dnsmasq and IPv6', () => {
  const command = (fields: Partial<typeof spec> = {}) =>
    dnsmasqCommand({ ...spec, ...fields }, networkPaths('/state', 'n1'), { domain: '', user: 'dnsmasq' })

  test('announces and serves each subnet by its mode, and is nobody’s router', () => {
    const own = command().filter((arg) => /fd00|ra/.test(arg) && arg.startsWith('--'))
    expect(own).toEqual(
      expect.arrayContaining([
        '--dhcp-range=set:s00000000aaaa,fd00:a::,ra-only,64,86400s',
        '--dhcp-range=set:s00000000bbbb,fd00:b::,static,64,86400s',
        '--dhcp-range=set:s00000000cccc,fd00:c::,ra-stateless,64,86400s',
        '--enable-ra',
        '--ra-param=dhcp0,mtu:1450,60,0',
      ]),
    )
    expect(own.join()).not.toContain('fd00:d::')
    expect(command({ subnets: [subnet] }).join(' ')).not.toMatch(/enable-ra|ra-param/)
    // There is no IPv6 where frames are too short for it.
    expect(command({ mtu: 1_000 }).join()).not.toContain('fd00')
  })

  test('reserves addresses where they are given, and tells each family its name servers', () => {
    const ports = [port(spec, 21, { ips: ['10.0.0.21', 'fd00:a::21', 'fd00:b::21', 'fd00:c::21'] })]
    expect(hostsText(withPorts(spec, ports))).toBe(
      'fa:16:3e:00:00:15,guest-1,10.0.0.21\nfa:16:3e:00:00:15,guest-1,[fd00:b::21]\n',
    )
    const options = optionsText(spec)
    expect(options).toContain(',option:dns-server,192.0.2.53\n')
    expect(options).toContain('tag:s00000000bbbb,option6:dns-server,[fd00::53]\n')
    expect(options).not.toContain('s00000000dddd')
  })

  test('tells leases of IPv6 that have no reservation any more, or are somebody else’s', () => {
    const lease = '1795551738 1 fd00:b::21 guest-1 00:03:00:01:fa:16:3e:00:00:21\n'
    const duid = 'duid 00:01:00:01:32:97:5c:d6:12:b6:44:5a:8d:6c\n'
    const one = { mac: 'fa:16:3e:00:00:15', ip: 'fd00:b::21', hostname: '' }
    const hosts = 'fa:16:3e:00:00:15,guest-1,[fd00:b::21]\n'
    expect(currentLeases(duid + lease, [one], hosts)).toEqual({ text: duid + lease, changed: false })
    expect(hasLeaseConflict(duid + lease, [one], hosts)).toBe(false)
    expect(currentLeases(duid + lease, [], hosts)).toEqual({ text: duid, changed: true })
    const heir = { ...one, mac: 'fa:16:3e:00:00:16' }
    expect(hasLeaseConflict(duid + lease, [heir], hosts)).toBe(true)
    expect(hasLeaseConflict(duid + lease, [heir], '')).toBe(true)
    expect(currentLeases(duid + lease, [heir], hosts)).toEqual({ text: duid, changed: true })
  })
})

test('the metadata proxy listens where guests of IPv6 look for it', () => {
  expect(haproxyConfig('n1', '/run/m.sock', null, true)).toContain(
    'bind [fe80::a9fe:a9fe]:80 interface dhcp0',
  )
  expect(haproxyConfig('n1', '/run/m.sock', null)).not.toContain('fe80')
})

describe('anti-spoofing and IPv6', () => {
  test('a port has its addresses, the one of its link, and may say so of these alone', () => {
    const text = tableText([rulesOf({ ...port(spec, 21), ips: ['fd00:b::21'] })])
    expect(text).toContain('fa:16:3e:00:00:15 . fd00:b::21')
    expect(text).toContain('fa:16:3e:00:00:15 . fe80::f816:3eff:fe00:15')
    expect(text).toContain('fa:16:3e:00:00:15 . 0xfd00000b000000000000000000000021')
    expect(linkLocalOf('fa:16:3e:00:00:15')).toBe('fe80::f816:3eff:fe00:15')
  })

  test('pairs may be announced and used, but make nobody a router', () => {
    const lines = pairLines6([{ mac: 'fa:16:3e:00:00:15', cidr: 'fd00:b::40/122' }])
    expect(lines[0]).toBe('icmpv6 type { nd-router-advert, nd-redirect } return')
    expect(lines[1]).toContain(
      '@th,64,128 & 0xffffffffffffffffffffffffffffffc0 == 0xfd00000b000000000000000000000040 accept',
    )
    expect(lines.at(-1)).toBe('ether saddr fa:16:3e:00:00:15 ip6 saddr fd00:b::40/122 accept')
  })
})

test('rules of either family are told apart', () => {
  expect(linesOf(tcp(80))).toEqual(['ether type ip tcp dport 80 accept'])
  expect(linesOf(tcp(80, { ethertype: 'IPv6', cidr: '::/0' }))).toEqual([
    'ether type ip6 tcp dport 80 accept',
  ])
  expect(linesOf(allow({ ethertype: 'IPv6', protocol: 58, portMin: 128, portMax: 0 }))).toEqual([
    'ether type ip6 icmpv6 type 128 icmpv6 code 0 accept',
  ])
  expect(linesOf(allow({ ethertype: 'IPv6', groupId: 'g-1', direction: 'egress' }))).toEqual([
    'ether type ip6 meta mark & 0xfffffffc . ip6 daddr @m6_g1 accept',
    'ether type ip6 meta mark & 0xfffffffc . ip6 daddr @n6_g1 accept',
  ])
})

test('the overlay answers for addresses of IPv6, with those of their links, and knows routers', () => {
  const mac = 'fa:16:3e:00:00:15'
  const overlay = {
    peers: ['10.255.0.2'],
    remotes: [{ mac, ips: ['10.0.0.1', 'fd00:a::1'], underlayIp: '10.255.0.2', router: true }],
  }
  const wanted = entriesOf(overlay, [], true)
  expect([...wanted.neighbours.keys()]).toEqual(['10.0.0.1', 'fd00:a::1', linkLocalOf(mac)])
  expect([...entriesOf(overlay).neighbours.keys()]).toEqual(['10.0.0.1'])
  const { bridge } = changeOf('vx7', noEntries(), wanted)
  expect(bridge).toContain(`fdb replace ${mac} dev vx7 dst 10.255.0.2 self permanent router`)
  // A port that becomes a router's, or is one no more, is told anew.
  const plain = { ...wanted, routers: new Set<string>() }
  expect(changeOf('vx7', wanted, plain).bridge).toEqual([
    `fdb replace ${mac} dev vx7 dst 10.255.0.2 self permanent`,
  ])
  const fdb = { ifname: 'vx7', mac, dst: '10.255.0.2', flags: ['self', 'router'], state: 'permanent' }
  expect([...readEntries([fdb], []).get('vx7')!.routers]).toEqual([mac])
})

describe('routers and IPv6', () => {
  const port6 = {
    portId: '0197c0de-0000-7000-8000-0123456789ab',
    networkId: 'n1',
    segmentId: 7,
    mtu: 1450,
    mac: 'fa:16:3e:00:00:15',
    addresses: ['fd00:a::1/64'],
    announced: [{ cidr: 'fd00:a::/64', mode: 'slaac' as const }],
    up: true,
  }
  const router = {
    routerId: 'r1',
    interfaces: [port6],
    gateway: { ...port6, announced: [], nexthop: '172.24.4.1', nexthop6: '2001:db8::1', snat: true },
    routes: [{ destination: 'fd00:C:0::/64', nexthop: 'fd00:a::9' }],
    floatingIps: [],
    forwardings: [],
  }

  test('announce themselves where they are to, as the way to everywhere', () => {
    expect(advertiserArguments(router)).toEqual([
      '--interface=if123456789ab',
      '--ra-param=if123456789ab,mtu:1450,60,180',
      '--dhcp-range=set:r0,fd00:a::,ra-only,64,86400s',
    ])
    expect(advertiserArguments({ ...router, interfaces: [{ ...port6, up: false }] })).toBeNull()
    expect(advertiserArguments({ ...router, interfaces: [{ ...port6, announced: [] }] })).toBeNull()
  })

  test('have routes of both families', () => {
    const routes = routesOf(router)
    expect([...routes]).toEqual([
      ['default', '172.24.4.1'],
      ['::/0', '2001:db8::1'],
      ['fd00:c::/64', 'fd00:a::9'],
    ])
    expect(routeCommands(routes, new Map())).toContain('route del ::/0 proto static')
  })
})
