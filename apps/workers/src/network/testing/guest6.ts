import { expect } from 'vitest'
import type { NetworkSpec, SubnetSpec } from '../driver.ts'
import type { FakeGuest } from './fake-guest.ts'

/** A subnet of IPv6 that is announced and served like this. */
export const subnet6 = (
  cidr: string,
  mode: SubnetSpec['ipv6RaMode'],
  fields: Partial<SubnetSpec> = {},
): SubnetSpec => ({
  subnetId: crypto.randomUUID(),
  cidr,
  gatewayIp: cidr.replace(/::\/.*$/, '::1'),
  enableDhcp: true,
  ipv6RaMode: mode,
  ipv6AddressMode: mode,
  dhcpIp: cidr.replace(/::\/.*$/, '::2'),
  dnsServers: ['192.0.2.53', cidr.replace(/::\/.*$/, '::53')],
  hostRoutes: [],
  ...fields,
})

/** The network with more subnets. */
export const withSubnets = (spec: NetworkSpec, ...more: SubnetSpec[]): NetworkSpec => ({
  ...spec,
  subnets: [...spec.subnets, ...more],
})

/**
 * Has a guest look for routers anew, as one does whose cable was just plugged in.
 * @param tempts how long it does so in vain, in ms, before it is given up
 */
export async function wake({ exec }: FakeGuest): Promise<void> {
  const at = '/proc/sys/net/ipv6/conf/eth0'
  const settings = { accept_dad: 0, accept_ra: 1, router_solicitation_delay: 0, disable_ipv6: 0 }
  const writes = Object.entries(settings).map(([key, value]) => `echo ${value} >${at}/${key}`)
  await exec('sh', '-c', `set -e; ip link set eth0 down; ${writes.join('; ')}; ip link set eth0 up`)
}

/** The addresses of IPv6 that a guest has. */
export const addresses6 = ({ exec }: FakeGuest): Promise<string> =>
  exec('ip', '-6', '-o', 'addr', 'show', 'dev', 'eth0')

/** Waits until a guest has an address that it made of what it heard. */
export const hasAddress = (guest: FakeGuest, address: string): Promise<void> =>
  expect.poll(() => addresses6(guest), { timeout: 20_000, interval: 100 }).toContain(`inet6 ${address}/`)

const getScript = `
const [host, path] = process.argv.slice(1)
require('node:http').get({ host, path, timeout: 4000 }, async (answer) => {
  let body = ''
  for await (const chunk of answer) body += chunk
  console.log(JSON.stringify({ status: answer.statusCode, body }))
  process.exit(0)
}).on('error', () => { console.log(JSON.stringify({ status: 0, body: '' })); process.exit(0) })
setTimeout(() => { console.log(JSON.stringify({ status: 0, body: '' })); process.exit(0) }, 5000)
`

/** Asks the metadata service by IPv6. Status 0: nobody answered. */
export const get6 = async ({ exec }: FakeGuest, path: string): Promise<{ status: number; body: string }> =>
  JSON.parse(await exec(process.execPath, '-e', getScript, 'fe80::a9fe:a9fe%eth0', path))

const dhcpScript = `
const [mac, wish] = process.argv.slice(1)
const socket = require('node:dgram').createSocket('udp6')
const option = (code, data) => Buffer.concat([Buffer.from([0, code, data.length >> 8, data.length & 255]), data])
const read = (data) => {
  const found = new Map()
  for (let at = 0; at + 4 <= data.length; at += 4 + data.readUInt16BE(at + 2))
    found.set(data.readUInt16BE(at), data.subarray(at + 4, at + 4 + data.readUInt16BE(at + 2)))
  return found
}
const text = (bytes) => bytes.toString('hex').match(/.{4}/g).join(':')
const own = [
  option(1, Buffer.from('00030001' + mac.replaceAll(':', ''), 'hex')),
  option(8, Buffer.alloc(2)),
  option(6, Buffer.from([0, 23])),
]
const association = option(3, Buffer.from('000000010000000000000000', 'hex'))
const send = (type, ...more) =>
  socket.send(Buffer.concat([Buffer.from([type, 1, 2, 3]), ...own, ...more]), 547, 'ff02::1:2%eth0')
const end = (answer) => { console.log(JSON.stringify(answer)); process.exit(0) }
socket.on('message', (message) => {
  const options = read(message.subarray(4))
  if (message[0] === 2) return send(3, association, option(2, options.get(2)))
  const lease = options.has(3) && read(options.get(3).subarray(12)).get(5)
  const servers = options.get(23) ?? Buffer.alloc(0)
  const dns = Array.from({ length: servers.length / 16 }, (_, i) => text(servers.subarray(16 * i, 16 * i + 16)))
  end({ ip: lease ? text(lease.subarray(0, 16)) : null, dns })
})
const ask = () => (wish === 'address' ? send(1, association) : send(11))
socket.bind(546, () => { ask(); setInterval(ask, 1000) })
setTimeout(() => end(null), 4000)
`

/**
 * Asks for an address by DHCPv6, or for information only.
 * @returns what was answered, addresses in full length; null without an answer
 */
export const dhcp6 = async (
  { exec }: FakeGuest,
  mac: string,
  wish: 'address' | 'information' = 'address',
): Promise<{ ip: string | null; dns: string[] } | null> =>
  JSON.parse(await exec(process.execPath, '-e', dhcpScript, mac, wish))

/** An address as {@link dhcp6} gives it. */
export const inFull = (address: string): string => {
  const [head = '', tail] = address.split('::')
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: 8 - first!.length - last!.length }, () => '0')
  return [...first!, ...zeros, ...last!].map((part) => part.padStart(4, '0')).join(':')
}
