import type { NephosConfig } from '@nephos/config'
import type { Drivers } from '../cloud/probe.ts'
import { type Check, limited, ok } from './check.ts'

const gib = 1_073_741_824
/** What two workers and the machines of a small host need. */
const perHost = 0.75 * gib
const mostHosts = 32

/**
 * Whether several hosts can run on this machine (`up --hosts N`), and how many its memory has room for.
 * @param freeMemory in bytes
 */
export function labCheck(
  config: Pick<NephosConfig, 'underlayIp'>,
  { network }: Pick<Drivers, 'network'>,
  freeMemory: number,
): Check {
  const name = 'Several hosts'
  if (config.underlayIp)
    return limited(
      name,
      `one here: NEPHOS_UNDERLAY_IP (${config.underlayIp}) joins this machine with others`,
      'unset NEPHOS_UNDERLAY_IP for a lab on this machine; ./nephos host token invites another machine',
    )
  const room = Math.min(mostHosts, Math.floor(freeMemory / perHost))
  if (room < 2)
    return limited(
      name,
      `there is memory for one host: ${(freeMemory / gib).toFixed(1)} GiB is free`,
      '1.5 GiB free leave room for two',
    )
  const fits = `./nephos up --hosts 2 to ${room}: each needs 0.75 GiB of memory and gets an equal share of the machine`
  if (network.driver === 'simulated') return ok(name, `${fits}; instances and networks are simulated`)
  if (network.overlay)
    return limited(
      name,
      `no network reaches from one host to another. ${network.overlay}`,
      'load the kernel module vxlan',
    )
  return ok(name, fits)
}
