import { describe, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec } from '../../driver.ts'
import { changeText, rulesOf, tableText } from './anti-spoofing.ts'
import { currentLeases, dnsmasqCommand, hasLeaseConflict, hostsText, optionsText } from './dnsmasq.ts'
import { emptyPacket } from './handover.ts'
import { haproxyConfig } from './haproxy.ts'
import { bridgeCommands, type Link, strayLinks, tapCommands } from './links.ts'
import { networkPaths } from './names.ts'

const port: PortSpec = {
  portId: '0197c0de-0000-7000-8000-0123456789ab',
  networkId: 'n1',
  mac: 'fa:16:3e:00:00:01',
  ips: ['10.0.0.21', '10.0.0.20'],
  portSecurity: true,
  adminStateUp: true,
}
const tap = 'tap123456789ab'
const network: NetworkSpec = {
  networkId: 'n1',
  segmentId: 7,
  mtu: 1450,
  adminStateUp: true,
  dhcpMac: 'fa:16:3e:00:00:ff',
  subnets: [
    {
      subnetId: '0197c0de-0000-7000-8000-00000000aaaa',
      cidr: '10.0.0.0/24',
      gatewayIp: '10.0.0.1',
      enableDhcp: true,
      dhcpIp: '10.0.0.2',
      dnsServers: ['192.0.2.53'],
      hostRoutes: [{ destination: '198.51.100.0/24', nexthop: '10.0.0.9' }],
    },
    {
      subnetId: '0197c0de-0000-7000-8000-00000000bbbb',
      cidr: '10.8.0.0/16',
      gatewayIp: null,
      enableDhcp: true,
      dhcpIp: '10.8.0.2',
      dnsServers: [],
      hostRoutes: [],
    },
    {
      subnetId: '0197c0de-0000-7000-8000-00000000cccc',
      cidr: '10.9.0.0/24',
      gatewayIp: null,
      enableDhcp: false,
      dhcpIp: null,
      dnsServers: [],
      hostRoutes: [],
    },
  ],
  leases: [
    { mac: 'fa:16:3e:00:00:02', ip: '10.8.1.1', hostname: 'bad name,10.0.0.9' },
    { mac: 'fa:16:3e:00:00:01', ip: '10.0.0.21', hostname: 'web-1' },
    { mac: 'fa:16:3e:00:00:01', ip: '10.9.0.21', hostname: 'web-1' },
  ],
  ports: [port],
  overlay: null,
}
const link = (fields: Partial<Link>): Link => ({
  name: '',
  kind: '',
  master: null,
  mtu: 1450,
  up: true,
  alias: '',
  vxlan: null,
  silent: false,
  ...fields,
})

describe('anti-spoofing', () => {
  test('one step replaces the table by one that holds every secured port', () => {
    const text = tableText([rulesOf(port), { ...rulesOf(port), tap: 'tapfree', secured: false }])
    expect(text.startsWith('table bridge nephos\ndelete table bridge nephos\ntable bridge nephos {')).toBe(
      true,
    )
    expect(text).toContain('elements = { "tapfree" }')
    expect(text).toContain(`elements = { "${tap}" . fa:16:3e:00:00:01 }`)
    expect(text).toContain(
      `elements = { "${tap}" . fa:16:3e:00:00:01 . 10.0.0.20, "${tap}" . fa:16:3e:00:00:01 . 10.0.0.21 }`,
    )
  })

  test('a change touches only what differs', () => {
    const rules = rulesOf(port)
    expect(changeText(rules, rules)).toBe('')
    expect(changeText(undefined, { ...rules, ips: [], ips6: [] })).toBe(
      `add element bridge nephos macs { "${tap}" . fa:16:3e:00:00:01 }\n`,
    )
    expect(changeText(rules, { ...rules, ips: ['10.0.0.21', '10.0.0.30'] })).toBe(
      `delete element bridge nephos addresses { "${tap}" . fa:16:3e:00:00:01 . 10.0.0.20 }\n` +
        `add element bridge nephos addresses { "${tap}" . fa:16:3e:00:00:01 . 10.0.0.30 }\n`,
    )
    expect(changeText(rules, undefined).split('\n').filter(Boolean)).toHaveLength(5)
    expect(changeText({ ...rules, secured: false }, rules)).toContain(
      `delete element bridge nephos open { "${tap}" }`,
    )
  })
})

test('an empty packet of the overlay has its header, and a frame of the shortest length', () => {
  const packet = Buffer.from(emptyPacket(0x1234, 'fa:16:3e:00:00:01'), 'hex')
  expect(packet).toHaveLength(8 + 60)
  expect(packet.subarray(0, 22).toString('hex')).toBe('0800000000123400fa163e00000102000000000188b5')
})

describe('dnsmasq', () => {
  const paths = networkPaths('/state', 'n1')

  test('serves the subnets with DHCP, in their own namespace, and their names', () => {
    const command = dnsmasqCommand(network, paths, { domain: 'cloud.test', user: 'dnsmasq' })
    expect(command.filter((arg) => arg.startsWith('--dhcp-range'))).toEqual([
      '--dhcp-range=set:s00000000aaaa,10.0.0.0,static,255.255.255.0,86400s',
      '--dhcp-range=set:s00000000bbbb,10.8.0.0,static,255.255.0.0,86400s',
    ])
    for (const arg of [
      '--addn-hosts=/state/n1/dns-names',
      '--local=/cloud.test/',
      '--conf-file=/dev/null',
      '--user=dnsmasq',
      '--domain=cloud.test',
    ])
      expect(command).toContain(arg)
    expect(command.join(' ')).not.toContain('--server')
    expect(dnsmasqCommand(network, paths, { domain: '', user: 'dnsmasq' }).join(' ')).not.toContain(
      '--domain=',
    )
  })

  test('has a line for each reservation it can serve, and no name that is none', () => {
    expect(hostsText(network)).toBe('fa:16:3e:00:00:01,web-1,10.0.0.21\nfa:16:3e:00:00:02,10.8.1.1\n')
  })

  test('has the options of each subnet', () => {
    expect(optionsText(network)).toBe(
      [
        'tag:s00000000aaaa,option:router,10.0.0.1',
        'tag:s00000000aaaa,option:classless-static-route,169.254.169.254/32,10.0.0.2,198.51.100.0/24,10.0.0.9,0.0.0.0/0,10.0.0.1',
        'tag:s00000000aaaa,option:mtu,1450',
        'tag:s00000000aaaa,option:dns-server,192.0.2.53',
        'tag:s00000000bbbb,option:router',
        'tag:s00000000bbbb,option:classless-static-route,169.254.169.254/32,10.8.0.2',
        'tag:s00000000bbbb,option:mtu,1450',
        'tag:s00000000bbbb,option:dns-server,10.8.0.2',
        '',
      ].join('\n'),
    )
  })

  test('tells leases that have no reservation any more', () => {
    const own = '1793000000 fa:16:3e:00:00:01 10.0.0.21 web-1 01:fa:16:3e:00:00:01\n'
    const old = '1793000000 fa:16:3e:00:00:99 10.0.0.99 * *\n'
    expect(currentLeases(own + old, network.leases, '')).toEqual({ text: own, changed: true })
    expect(currentLeases(own, network.leases, '')).toEqual({ text: own, changed: false })
    expect(hasLeaseConflict(own + old, network.leases, '')).toBe(false)
    expect(hasLeaseConflict('1 fa:16:3e:00:00:77 10.0.0.21 * *\n', network.leases, '')).toBe(true)
  })
})

test('the metadata proxy says who asks and drops what the guest says about that', () => {
  const text = haproxyConfig('n1', '/run/m.sock', { name: 'haproxy', gid: 107 })
  expect(text).toContain('bind 169.254.169.254:80')
  expect(text).toContain('http-request set-header X-Forwarded-For %[src]')
  expect(text).toContain('http-request set-header X-Network-ID n1')
  expect(text).toContain('server service unix@/run/m.sock')
  expect(text).toContain('user haproxy')
  expect(haproxyConfig('n1', '/run/m.sock', null)).not.toContain('user ')
})

describe('links', () => {
  const bridge = link({ name: 'br7', kind: 'bridge', alias: 'nephos:network:n1' })
  const wired = link({ name: tap, kind: 'tun', master: 'br7', alias: `nephos:port:${port.portId}` })

  test('what is as it should be is left alone', () => {
    expect(bridgeCommands(network, [bridge])).toEqual([])
    expect(tapCommands(port, network, 1000, [wired])).toEqual([])
    expect(strayLinks([network], [bridge, wired, link({ name: 'dh7' }), link({ name: 'lo' })])).toEqual([])
  })

  test('what is missing is made', () => {
    expect(bridgeCommands(network, [])).toEqual([
      'link add name br7 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
      'link set dev br7 alias nephos:network:n1',
      'link set dev br7 mtu 1450 up',
    ])
    expect(tapCommands(port, network, 1000, [])).toEqual([
      `tuntap add dev ${tap} mode tap user 1000`,
      `link set dev ${tap} alias nephos:port:${port.portId}`,
      `link set dev ${tap} mtu 1450 master br7 up`,
    ])
    expect(tapCommands(port, network, null, [])[0]).toBe(`tuntap add dev ${tap} mode tap`)
  })

  test('what differs is put right', () => {
    expect(bridgeCommands(network, [{ ...bridge, up: false }])).toEqual(['link set dev br7 mtu 1450 up'])
    expect(bridgeCommands(network, [{ ...bridge, kind: 'dummy' }])[0]).toBe('link del dev br7')
    expect(tapCommands(port, network, null, [{ ...wired, master: null }])).toEqual([
      `link set dev ${tap} mtu 1450 master br7 up`,
    ])
    expect(tapCommands({ ...port, adminStateUp: false }, network, null, [wired])).toEqual([
      `link set dev ${tap} mtu 1450 master br7 down`,
    ])
    const stray = link({ name: 'tapffffffffff0' })
    expect(strayLinks([network], [bridge, stray, link({ name: 'br8' })]).map(({ name }) => name)).toEqual([
      'tapffffffffff0',
      'br8',
    ])
  })
})
