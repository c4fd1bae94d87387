import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tapName } from '@nephos/core'
import type { NetworkDriver, NetworkSpec } from '../driver.ts'

const run = promisify(execFile)

/** A guest without a machine: a namespace whose one interface is the other end of the port's tap. */
export interface FakeGuest {
  /** Its namespace. */
  netns: string
  /** Runs a command as the guest. @returns what it printed */
  exec: (...command: string[]) => Promise<string>
  /** Asks for an address as a guest does, and for these options besides. @returns what DHCP answered, or null without an answer */
  dhcp: (asked?: readonly string[]) => Promise<Record<string, string> | null>
  /** Asks the metadata service. Status 0: nobody answered. */
  get: (
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ) => Promise<{ status: number; body: string }>
  /** True when the address answers one of three pings, a second apart. */
  reaches: (address: string) => Promise<boolean>
  remove: () => Promise<void>
}

const fetchScript = `
const [path, options] = process.argv.slice(1)
fetch('http://169.254.169.254' + path, { ...JSON.parse(options), signal: AbortSignal.timeout(4000) })
  .then(async (answer) => console.log(JSON.stringify({ status: answer.status, body: await answer.text() })))
  .catch(() => console.log(JSON.stringify({ status: 0, body: '' })))
`

const dhcpScript = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip -4 addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
[ -z "$mtu" ] || ip link set dev "$interface" mtu "$mtu"
set -- $staticroutes
while [ $# -ge 2 ]; do ip route replace "$1" via "$2" dev "$interface" onlink; shift 2; done
env >"$NEPHOS_TEST_LEASE"
`

const succeeds = (command: Promise<unknown>): Promise<boolean> =>
  command.then(
    () => true,
    () => false,
  )

/**
 * Plugs a guest into the place where the port's tap will be. Do it before the port is wired.
 * @param mark tells the guests of one port on several hosts apart
 */
export async function plugGuest(
  hostNetns: string,
  portId: string,
  mac: string,
  mark = '',
): Promise<FakeGuest> {
  const netns = `nephos-guest-${portId.slice(-12)}${mark}`
  const directory = await mkdtemp(join(tmpdir(), 'nephos-guest-'))
  const [script, lease] = [join(directory, 'dhcp.sh'), join(directory, 'lease')]
  await writeFile(script, dhcpScript)
  await chmod(script, 0o755)
  const tap = tapName(portId)
  await run('ip', ['netns', 'add', netns])
  await run('ip', [
    '-n',
    hostNetns,
    'link',
    'add',
    tap,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    netns,
  ])
  await run('ip', ['-n', netns, 'link', 'set', 'dev', 'eth0', 'address', mac, 'up'])
  await run('ip', ['-n', netns, 'link', 'set', 'dev', 'lo', 'up'])

  const exec = async (...command: string[]) => {
    const { stdout } = await run('nsenter', [`--net=/run/netns/${netns}`, '--', ...command], {
      timeout: 20_000,
      env: { ...process.env, NEPHOS_TEST_LEASE: lease },
    })
    return stdout
  }
  return {
    netns,
    exec,
    dhcp: async (asked = []) => {
      await rm(lease, { force: true })
      const named = ['mtu', 'staticroutes', 'router', 'dns', 'hostname', 'domain', ...asked]
      const options = named.flatMap((name) => ['-O', name])
      const client = ['busybox', 'udhcpc', '-i', 'eth0', '-f', '-n', '-q', '-t', '3', '-T', '1', '-s', script]
      await exec(...client, ...options).catch(() => '')
      const text = await readFile(lease, 'utf8').catch(() => null)
      return text === null
        ? null
        : Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)))
    },
    get: async (path, options = {}) =>
      JSON.parse(await exec(process.execPath, '-e', fetchScript, path, JSON.stringify(options))),
    reaches: async (address) => {
      const family = address.includes(':') ? '-6' : '-4'
      for (let attempt = 0; attempt < 3; attempt++)
        if (await succeeds(exec('busybox', 'ping', family, '-c', '1', '-W', '1', address))) return true
      return false
    },
    remove: async () => {
      await run('ip', ['netns', 'del', netns]).catch(() => {})
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Brings a network up with a guest on each of its ports. The guests are also put into `guests`, to be removed later. */
export async function startGuests(
  driver: NetworkDriver,
  host: { netns: string },
  spec: NetworkSpec,
  guests: FakeGuest[],
): Promise<FakeGuest[]> {
  await driver.ensureNetwork(spec)
  const plugged: FakeGuest[] = []
  for (const port of spec.ports) {
    const guest = await plugGuest(host.netns, port.portId, port.mac)
    guests.push(guest)
    plugged.push(guest)
    await driver.ensurePort(port, spec.mtu)
  }
  return plugged
}
