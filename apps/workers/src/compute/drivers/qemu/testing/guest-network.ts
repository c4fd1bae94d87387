import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A network namespace with one tap, DHCP and a metadata service: all that a guest sees of a cloud. */
export interface GuestNetwork {
  netns: string
  tap: string
  mac: string
  close: () => Promise<void>
}

const inside = (netns: string, command: readonly string[]): ChildProcess => {
  const [program, ...args] = ['ip', 'netns', 'exec', netns, ...command]
  return spawn(program!, args)
}

/** Answers the two documents that a guest asks for; anything else is 404. */
const metadataServer = `
const [metadata, userData] = process.argv.slice(1)
require('node:http').createServer((request, response) => {
  const body = { '/openstack/latest/meta_data.json': metadata, '/openstack/latest/user_data': userData }[request.url]
  response.writeHead(body ? 200 : 404).end(body)
}).listen(80, '169.254.169.254', () => console.log('listening'))
`

/** A further tap on the network, and the address that its MAC gets. */
export interface ExtraTap {
  tap: string
  mac: string
  ip: string
}

/** Makes a {@link GuestNetwork} on which every guest gets the address 10.0.0.5. Needs root and dnsmasq. */
export async function guestNetwork(options: {
  hostname: string
  instanceId: string
  publicKey: string
  userData: string
  extra?: readonly ExtraTap[]
}): Promise<GuestNetwork> {
  const { extra = [] } = options
  const netns = `nephos-test-${process.pid}`
  const [tap, mac] = ['tap0', 'fa:16:3e:00:00:01']
  const children: ChildProcess[] = []
  const close = async () => {
    for (const child of children) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await run('ip', ['netns', 'del', netns])
  }
  await run('ip', ['netns', 'add', netns])
  try {
    for (const command of [
      'link set lo up',
      'link add br0 type bridge',
      `tuntap add dev ${tap} mode tap`,
      `link set ${tap} master br0 mtu 1450 up`,
      ...extra.flatMap((one) => [
        `tuntap add dev ${one.tap} mode tap`,
        `link set ${one.tap} master br0 mtu 1450 up`,
      ]),
      'link set br0 up',
      'addr add 10.0.0.2/24 dev br0',
      'addr add 169.254.169.254/32 dev br0',
    ])
      await run('ip', ['-n', netns, ...command.split(' ')])
    children.push(
      inside(netns, [
        ...['dnsmasq', '--keep-in-foreground', '--port=0', '--conf-file=/dev/null'],
        ...['--bind-interfaces', '--interface=br0', '--dhcp-authoritative', '--leasefile-ro'],
        ...['--dhcp-range=10.0.0.0,static,255.255.255.0,3600', `--dhcp-host=${mac},10.0.0.5`],
        ...extra.map((one) => `--dhcp-host=${one.mac},${one.ip}`),
        ...['--dhcp-option=121,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1', '--dhcp-option=26,1450'],
      ]),
    )
    const key = `${options.publicKey}\n`
    const metadata = JSON.stringify({
      uuid: options.instanceId,
      hostname: `${options.hostname}.novalocal`,
      name: options.hostname,
      meta: { hostname: 'not-this-one' },
      public_keys: { mine: key },
      keys: [{ name: 'mine', type: 'ssh', data: key }],
    })
    const server = inside(netns, [
      ...[process.execPath, '-e', metadataServer, '--', metadata, options.userData],
    ])
    children.push(server)
    await once(server.stdout!, 'data')
    return { netns, tap, mac, close }
  } catch (error) {
    await close()
    throw error
  }
}
