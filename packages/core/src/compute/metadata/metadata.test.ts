import { describe, expect, test } from 'vitest'
import { configDriveFiles } from './config-drive.ts'
import { ec2ImageId } from './ec2.ts'
import type { MetadataSource } from './source.ts'
import { isPasswordPath, metadataDocument, metadataPath } from './tree.ts'

const subnet = {
  cidr: '10.0.0.0/24',
  gatewayIp: '10.0.0.1',
  enableDhcp: true,
  dnsServers: ['192.0.2.53'],
  hostRoutes: [{ destination: '198.51.100.0/24', nexthop: '10.0.0.9' }],
}
const source: MetadataSource = {
  instanceId: '0197c0de-0000-7000-8000-000000000001',
  projectId: 'p1',
  name: 'Web 1',
  hostname: 'web-1',
  dhcpDomain: 'novalocal',
  launchIndex: 2,
  zone: 'nova',
  metadata: { role: 'web' },
  key: { name: 'laptop', publicKey: 'ssh-ed25519 AAAA laptop' },
  userData: Buffer.from('#!/bin/sh\n\u00ff'),
  guestPassword: null,
  reservationId: 'r-abcdefgh',
  ec2Id: 42,
  imageId: '0197c0de-0000-7000-8000-00000000000a',
  flavorName: 'm1.tiny',
  ports: [
    {
      portId: '0197c0de-0000-7000-8000-0123456789ab',
      macAddress: 'fa:16:3e:00:00:01',
      networkId: 'n1',
      mtu: 1450,
      addresses: [{ ...subnet, ipAddress: '10.0.0.21' }],
    },
    {
      portId: '0197c0de-0000-7000-8000-0123456789ac',
      macAddress: 'fa:16:3e:00:00:02',
      networkId: 'n2',
      mtu: 1400,
      addresses: [{ ...subnet, enableDhcp: false, ipAddress: '10.0.0.22' }],
    },
  ],
}
const bare: MetadataSource = {
  ...source,
  key: null,
  userData: null,
  metadata: {},
  imageId: null,
  dhcpDomain: '',
}
const seed = () => new Uint8Array(512)

const get = (path: string, from = source) => {
  const document = metadataDocument(from, metadataPath(path)!, seed)
  return document && Buffer.from(document.body).toString('utf8')
}
const getJson = (path: string, from = source) => JSON.parse(get(path, from)!)

describe('the OpenStack tree', () => {
  test('lists its versions and documents', () => {
    const versions =
      '2012-08-10\n2013-04-04\n2013-10-17\n2015-10-15\n2016-06-30\n2016-10-06\n2017-02-22\n2018-08-27\n2020-10-14\nlatest'
    expect(get('/openstack')).toBe(versions)
    expect(get('/openstack/')).toBe(versions)
    expect(get('/openstack/latest')).toBe(
      'meta_data.json\nuser_data\npassword\nvendor_data.json\nnetwork_data.json\nvendor_data2.json',
    )
    expect(get('/openstack/2012-08-10/', bare)).toBe('meta_data.json')
    expect(get('/openstack/2013-04-04/', bare)).toBe('meta_data.json\npassword')
    expect(get('/openstack/2015-10-15/', bare)).toBe(
      'meta_data.json\npassword\nvendor_data.json\nnetwork_data.json',
    )
  })

  test('tells the instance about itself, with the fields of each version', () => {
    expect(getJson('/openstack/latest/meta_data.json')).toEqual({
      uuid: source.instanceId,
      name: 'Web 1',
      hostname: 'web-1.novalocal',
      launch_index: 2,
      availability_zone: 'nova',
      meta: { role: 'web' },
      public_keys: { laptop: 'ssh-ed25519 AAAA laptop' },
      keys: [{ name: 'laptop', type: 'ssh', data: 'ssh-ed25519 AAAA laptop' }],
      random_seed: Buffer.alloc(512).toString('base64'),
      project_id: 'p1',
      devices: [],
      dedicated_cpus: [],
    })
    const oldest = getJson('/openstack/2012-08-10/meta_data.json')
    expect(Object.keys(oldest)).not.toContain('random_seed')
    expect(Object.keys(oldest)).not.toContain('project_id')
    expect(getJson('/openstack/2016-06-30/meta_data.json').devices).toEqual([])
    expect(getJson('/openstack/2018-08-27/meta_data.json').dedicated_cpus).toBeUndefined()
    expect(getJson('/openstack/2999-01-01/meta_data.json').dedicated_cpus).toEqual([])
    const little = getJson('/openstack/latest/meta_data.json', bare)
    expect(little.hostname).toBe('web-1')
    for (const absent of ['meta', 'public_keys', 'keys', 'files', 'admin_pass'])
      expect(Object.keys(little)).not.toContain(absent)
  })

  test('gives the user data byte for byte, and says when there are none', () => {
    const document = metadataDocument(source, metadataPath('/openstack/latest/user_data')!)
    expect(document!.body).toEqual(source.userData)
    expect(get('/openstack/latest/user_data', bare)).toBeNull()
  })

  test('describes the interfaces', () => {
    expect(getJson('/openstack/latest/network_data.json')).toEqual({
      links: [
        {
          id: 'tap123456789ab',
          vif_id: source.ports[0]!.portId,
          type: 'tap',
          mtu: 1450,
          ethernet_mac_address: 'fa:16:3e:00:00:01',
        },
        {
          id: 'tap123456789ac',
          vif_id: source.ports[1]!.portId,
          type: 'tap',
          mtu: 1400,
          ethernet_mac_address: 'fa:16:3e:00:00:02',
        },
      ],
      networks: [
        { id: 'network0', type: 'ipv4_dhcp', link: 'tap123456789ab', network_id: 'n1' },
        {
          id: 'network1',
          type: 'ipv4',
          link: 'tap123456789ac',
          network_id: 'n2',
          ip_address: '10.0.0.22',
          netmask: '255.255.255.0',
          routes: [
            { network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.0.0.1' },
            { network: '198.51.100.0', netmask: '255.255.255.0', gateway: '10.0.0.9' },
          ],
          services: [{ type: 'dns', address: '192.0.2.53' }],
        },
      ],
      services: [{ type: 'dns', address: '192.0.2.53' }],
    })
    expect(get('/openstack/2013-10-17/network_data.json')).toBeNull()
  })

  test('describes addresses of IPv6 as Nova does, and tells EC2 of IPv4 only', () => {
    const six = {
      ipAddress: 'fd00:1::f816:3eff:fe00:1',
      cidr: 'fd00:1::/64',
      gatewayIp: 'fd00:1::1',
      enableDhcp: true,
      ipv6AddressMode: 'slaac',
      dnsServers: ['fd00::53'],
      hostRoutes: [{ destination: 'fd00:2::/48', nexthop: 'fd00:1::9' }],
    }
    const port = { ...source.ports[0]!, addresses: [six, ...source.ports[0]!.addresses] }
    const facts = {
      ip_address: six.ipAddress,
      netmask: 'ffff:ffff:ffff:ffff::',
      routes: [
        { network: '::', netmask: '::', gateway: 'fd00:1::1' },
        { network: 'fd00:2::', netmask: 'ffff:ffff:ffff::', gateway: 'fd00:1::9' },
      ],
      services: [{ type: 'dns', address: 'fd00::53' }],
    }
    const document = getJson('/openstack/latest/network_data.json', { ...source, ports: [port] })
    expect(document.networks).toEqual([
      { id: 'network0', type: 'ipv6_slaac', link: 'tap123456789ab', network_id: 'n1', ...facts },
      { id: 'network1', type: 'ipv4_dhcp', link: 'tap123456789ab', network_id: 'n1' },
    ])
    expect(document.services.map(({ address }: { address: string }) => address)).toEqual([
      'fd00::53',
      '192.0.2.53',
    ])
    const typeOf = (ipv6AddressMode: string | null) =>
      getJson('/openstack/latest/network_data.json', {
        ...source,
        ports: [{ ...port, addresses: [{ ...six, ipv6AddressMode }] }],
      }).networks[0].type
    expect(['dhcpv6-stateless', 'dhcpv6-stateful', null].map(typeOf)).toEqual([
      'ipv6_dhcpv6-stateless',
      'ipv6_dhcpv6-stateful',
      'ipv6',
    ])
    expect(get('/latest/meta-data/local-ipv4', { ...source, ports: [port] })).toBe('10.0.0.21')
    expect(get('/latest/meta-data/local-ipv4', { ...source, ports: [{ ...port, addresses: [six] }] })).toBe(
      '',
    )
  })

  test('has the vendor data and the password', () => {
    expect(getJson('/openstack/latest/vendor_data.json')).toEqual({})
    expect(getJson('/openstack/latest/vendor_data2.json')).toEqual({})
    expect(get('/openstack/latest/password')).toBe('')
    expect(get('/openstack/latest/password', { ...source, guestPassword: 'secret' })).toBe('secret')
    expect(get('/openstack/2012-08-10/password')).toBeNull()
  })

  test('knows what may be written', () => {
    expect(isPasswordPath(metadataPath('/openstack/latest/password')!)).toBe(true)
    expect(isPasswordPath(metadataPath('/openstack/2013-04-04/password/')!)).toBe(true)
    for (const path of [
      '/openstack/2012-08-10/password',
      '/latest/password',
      '/openstack/latest/password/x',
      '/',
    ])
      expect(isPasswordPath(metadataPath(path)!)).toBe(false)
  })
})

describe('the EC2 tree', () => {
  test('lists its versions and directories', () => {
    const versions =
      '1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\nlatest'
    expect(get('/')).toBe(versions)
    expect(get('/latest/')).toBe('meta-data/\nuser-data')
    expect(get('/2009-04-04', bare)).toBe('meta-data/')
    const names = get('/latest/meta-data/')!.split('\n')
    expect(names).toContain('block-device-mapping/')
    expect(names).toContain('public-keys/')
    expect(names).toContain('instance-id')
    expect(get('/latest/meta-data', bare)).not.toContain('public-keys')
    expect(get('/latest/meta-data/placement')).toBe('availability-zone')
  })

  test.each([
    ['ami-id', ec2ImageId(source.imageId!)],
    ['ami-launch-index', '2'],
    ['ami-manifest-path', 'FIXME'],
    ['instance-id', 'i-0000002a'],
    ['instance-type', 'm1.tiny'],
    ['instance-action', 'none'],
    ['hostname', 'web-1.novalocal'],
    ['local-hostname', 'web-1.novalocal'],
    ['public-hostname', 'web-1.novalocal'],
    ['local-ipv4', '10.0.0.21'],
    ['public-ipv4', ''],
    ['reservation-id', 'r-abcdefgh'],
    ['public-keys/', '0=laptop'],
    ['public-keys/0/', 'openssh-key'],
    ['public-keys/0/openssh-key', 'ssh-ed25519 AAAA laptop'],
    ['placement/availability-zone', 'nova'],
    ['block-device-mapping/', 'ami\nroot'],
    ['block-device-mapping/root', '/dev/vda'],
  ])('%s', (path, value) => expect(get(`/latest/meta-data/${path}`)).toBe(value))

  test.each([
    '/latest/meta-data/kernel-id',
    '/latest/meta-data/instance-id/more',
    '/latest/meta-data/constructor',
    '/latest/meta-data/__proto__',
    '/latest/meta-data/toString/length',
    '/latest/dynamic',
    '/1999-01-01/',
    '/latest/user-data/x',
    '/openstack/latest/nothing.json',
    '/openstack/content/0000',
    '/openstack/latest/meta_data.json/x',
    '/etc/passwd',
  ])('there is no %s', (path) => expect(get(path)).toBeNull())

  test('an image has one id for ever', () => {
    expect(ec2ImageId('a')).toMatch(/^ami-[0-9a-f]{8}$/)
    expect(ec2ImageId('a')).toBe(ec2ImageId('a'))
    expect(ec2ImageId('a')).not.toBe(ec2ImageId('b'))
  })
})

test('a path is decoded and cut, or refused', () => {
  expect(metadataPath('/openstack//latest/meta_data.json?x=1')).toEqual([
    'openstack',
    'latest',
    'meta_data.json',
  ])
  expect(metadataPath('/%6fpenstack')).toEqual(['openstack'])
  expect(metadataPath('/%zz')).toBeNull()
})

test('a config drive holds what the metadata service answers in its newest version', () => {
  const seed = () => Buffer.alloc(512, 1)
  const files = new Map(configDriveFiles(source, seed).map(({ path, body }) => [path, Buffer.from(body)]))
  for (const name of ['meta_data.json', 'network_data.json', 'user_data'])
    expect(files.get(`openstack/latest/${name}`)?.toString('latin1')).toBe(
      Buffer.from(metadataDocument(source, ['openstack', 'latest', name], seed)!.body).toString('latin1'),
    )
  expect(JSON.parse(files.get('ec2/latest/meta-data.json')!.toString())).toMatchObject({
    hostname: 'web-1.novalocal',
  })
  expect(files.get('ec2/latest/user-data')).toEqual(source.userData)
  const none = configDriveFiles({ ...source, userData: null }, seed).map(({ path }) => path)
  expect(none).not.toContain('openstack/latest/user_data')
  expect(none).not.toContain('ec2/latest/user-data')
})
