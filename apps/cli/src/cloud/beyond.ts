import type { NephosConfig } from '@nephos/config'
import { Failure } from '../failure.ts'

const isLoopback = (address: string): boolean => address.startsWith('127.')

/** True when the embedded servers listen for other machines. */
export const isBeyondLoopback = ({ serversBind }: Pick<NephosConfig, 'serversBind'>): boolean =>
  !isLoopback(serversBind)

/** Where a process on this machine finds the embedded NATS server, which listens on one address. */
export const localAddress = ({ serversBind }: Pick<NephosConfig, 'serversBind'>): string =>
  serversBind === '0.0.0.0' ? '127.0.0.1' : serversBind

/**
 * Where hosts on other machines find the servers of this one.
 * @throws Failure when it is not said
 */
export function advertisedAddress(config: NephosConfig): string {
  if (!isBeyondLoopback(config))
    throw new Failure('PostgreSQL and NATS listen on this machine alone: no other machine could join.', {
      remedy:
        'Set NEPHOS_SERVERS_BIND and NEPHOS_UNDERLAY_IP to an address of this machine and NEPHOS_TRUSTED_NETWORK=yes, then `./nephos down` and `./nephos up`. docs/operations.md explains.',
    })
  const address = config.serversBind === '0.0.0.0' ? config.underlayIp : config.serversBind
  if (!address)
    throw new Failure('The servers listen on all addresses, and none is named for other machines.', {
      remedy: 'Set NEPHOS_UNDERLAY_IP to the address by which other machines reach this one.',
    })
  return address
}

/**
 * Refuses to open doors that nobody has said are safe.
 * @throws Failure naming the setting
 */
export function checkTrust(config: NephosConfig): void {
  if (config.trustedNetwork === 'yes') return
  const open = [
    isBeyondLoopback(config) && `PostgreSQL and NATS would listen on ${config.serversBind}`,
    config.underlayIp && `the traffic of guests would travel by ${config.underlayIp}`,
  ].filter(Boolean)
  if (open.length > 0)
    throw new Failure(`Between machines nothing is encrypted: ${open.join(', and ')}.`, {
      remedy:
        'Set NEPHOS_TRUSTED_NETWORK=yes when that network belongs to the cloud alone (a VLAN or cable of its own, WireGuard, IPsec); otherwise unset NEPHOS_SERVERS_BIND and NEPHOS_UNDERLAY_IP.',
    })
}
