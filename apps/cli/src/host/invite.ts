import { hostNames, type NephosConfig } from '@nephos/config'
import { addJoinedHost, dropJoinedHost, invite, joinedHosts } from '@nephos/core/joins'
import { advertisedAddress } from '../cloud/beyond.ts'
import { allHosts, hostDatabaseUrl, natsUrl } from '../cloud/credentials.ts'
import { Failure } from '../failure.ts'
import { isMember } from './membership.ts'

/** What the running cloud does for an invitation. */
export interface Doors {
  /** As it runs: real ports and addresses. */
  resolved: NephosConfig
  /** Servers of our own, as opposed to ones that were given to us. */
  embedded: { postgres: boolean; nats: boolean }
  /** Lets exactly those hosts in that are known now. @returns whether each has a database login of its own */
  renew: () => Promise<boolean>
}

/**
 * Invites a host: makes its credentials, opens the servers for it, and writes the invitation.
 * @param wanted its name; the next free one when absent
 * @returns the token that `./nephos host join` takes
 * @throws Failure when no other machine could join, or the name is taken
 */
export async function inviteHost(
  config: NephosConfig,
  { resolved, embedded, renew }: Doors,
  wanted: string | undefined,
  minutes: number,
): Promise<{ name: string; token: string; expiresAt: Date }> {
  const { home } = config
  const address = checkDoors(config)
  const name = checkName(config, wanted)
  const hostSecret = addJoinedHost(home, name)
  let separate: boolean
  try {
    separate = await renew()
  } catch (error) {
    dropJoinedHost(home, name)
    throw error
  }
  const port = (url: string) => Number(new URL(url).port)
  const expiresAt = new Date(Date.now() + minutes * 60_000)
  const database = new URL(resolved.databaseUrl!)
  if (embedded.postgres) database.hostname = address
  const token = invite(
    home,
    {
      hostName: name,
      zone: config.zone,
      natsUrl: embedded.nats
        ? natsUrl(config, port(resolved.natsUrl!), { host: name }, address)
        : resolved.natsUrl!,
      databaseUrl: separate ? hostDatabaseUrl(config, database.href, name) : database.href,
      controlUrl: `http://${config.bind === '0.0.0.0' ? address : config.bind}:${resolved.apiPort}`,
      hostSecret,
      underlayPort: config.underlayPort,
      dhcpDomain: config.dhcpDomain,
      dnsForwarders: config.dnsForwarders,
      serviceDownTime: config.serviceDownTime,
    },
    expiresAt,
  )
  return { name, token, expiresAt }
}

/**
 * Takes a host's credentials away; it is cut off at once.
 * @throws Failure when none of that name was invited
 */
export async function forgetHost({ home }: NephosConfig, { renew }: Doors, name: string): Promise<void> {
  if (!dropJoinedHost(home, name))
    throw new Failure(`No host ${name} on another machine was invited.`, {
      remedy: `There are: ${
        joinedHosts(home)
          .map((host) => host.name)
          .join(', ') || 'none'
      }.`,
    })
  await renew()
}

function checkDoors(config: NephosConfig): string {
  if (isMember(config))
    throw new Failure('This machine is a host itself.', {
      remedy: 'Run this on the machine of the cloud.',
    })
  if ((config.hosts ?? 1) > 1)
    throw new Failure('A lab cannot be joined by other machines: its hosts are only reached from here.', {
      remedy: 'Run one host here: `./nephos down`, then `./nephos up --hosts 1`.',
    })
  const address = advertisedAddress(config)
  if (!config.underlayIp)
    throw new Failure('The host of this machine has no address for other hosts.', {
      remedy: 'Set NEPHOS_UNDERLAY_IP to the address by which other machines reach this one.',
    })
  if (config.bind.startsWith('127.') || config.bind === '::1')
    throw new Failure('The API listens on this machine alone, and hosts fetch images there.', {
      remedy: `Set NEPHOS_BIND=${address}, then \`./nephos down\` and \`./nephos up\`.`,
    })
  if (config.apiPort === 0)
    throw new Failure('The API takes another port at each start, and hosts would not find it again.', {
      remedy: 'Set NEPHOS_API_PORT to a port, for example 8774, then `./nephos down` and `./nephos up`.',
    })
  return address
}

function checkName(config: NephosConfig, wanted: string | undefined): string {
  if (wanted === undefined) {
    const known = new Set(allHosts(config))
    return hostNames(config, known.size + 1).find((name) => !known.has(name))!
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(wanted))
    throw new Failure(`${wanted} is no name for a host.`, {
      remedy: 'Give up to 32 lower-case letters, digits and hyphens, for example rack1-host2.',
    })
  if (hostNames(config, config.hosts ?? 1).includes(wanted))
    throw new Failure(`${wanted} is the name of the host on this machine.`, { remedy: 'Give another one.' })
  return wanted
}
