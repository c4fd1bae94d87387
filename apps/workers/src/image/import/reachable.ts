import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { NephosError } from '@nephos/core/errors'

/** What an administrator allows beyond public addresses and the usual ports. */
export interface ImportRules {
  ports: readonly number[]
  /** Networks in CIDR form. */
  networks: readonly string[]
}

/** An address of a server, as a socket takes it. */
export interface Reachable {
  address: string
  family: 4 | 6
}

/** How names become addresses. */
export type Resolve = (hostname: string) => Promise<{ address: string; family: number }[]>

const inside = blockList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
])
/** Of IPv6 only what is given out to the public, without what stands for IPv4 addresses or for examples. */
const public6 = blockList(['2000::/3'])
const special6 = blockList(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/')
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

/** Whether an address is somebody else's on the internet: not private, not of this machine, not for special use. */
function isPublic(address: string): boolean {
  const own = Object.values(networkInterfaces()).some((all) => all?.some((it) => it.address === address))
  if (own) return false
  return isIP(address) === 4
    ? !inside.check(address)
    : public6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

/**
 * The addresses of the server of a URL, every one of which may be asked. A connection is then made to one of these, so
 * that a name cannot be something else by the time it is asked again.
 * @throws NephosError invalid_input when one of them is not for the public, or the port is not allowed
 */
export async function reachable(
  url: URL,
  rules: ImportRules,
  resolve: Resolve = (hostname) => lookup(hostname, { all: true }),
): Promise<Reachable[]> {
  const refuse = (message: string, remedy: string) =>
    new NephosError('invalid_input', message, { field: 'uri', remedy })
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse('Files are fetched over http and https only.', 'Give another address.')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (!rules.ports.includes(port))
    throw refuse(
      `Images may not be fetched from port ${port}.`,
      `Use one of the ports ${rules.ports.join(', ')}, or ask an administrator to allow it (image_import_ports).`,
    )
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const found = isIP(hostname)
    ? [{ address: hostname, family: isIP(hostname) }]
    : await resolve(hostname).catch((cause: unknown) => {
        throw new NephosError('driver_failed', `The name ${hostname} was not found.`, {
          remedy: 'Check the address.',
          cause,
        })
      })
  const allowed = blockList(rules.networks)
  for (const { address, family } of found)
    if (!isPublic(address) && !allowed.check(address, family === 6 ? 'ipv6' : 'ipv4'))
      throw refuse(
        `${hostname} has an address that is not on the public internet.`,
        'Upload the file instead, or ask an administrator to allow its network (image_import_networks).',
      )
  if (found.length === 0) throw refuse(`The name ${hostname} has no address.`, 'Check the address.')
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}
