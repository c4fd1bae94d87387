import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readIp, runIp, runTool } from './host-tools.ts'
import { type Link, readLinks, removeLinks } from './links.ts'
import { namespaceInode } from './namespaces.ts'

/** How a host reaches the other hosts of its cloud. */
export interface Underlay {
  /** Own address there. */
  ip: string
  /** UDP port of the overlay. */
  port: number
  /** Namespace that has the address; null for the machine's own. */
  netns: string | null
  /** Given when all hosts are on this machine: the bridge that joins them has to be made. */
  lab: Lab | null
}

/** The network between the hosts of a lab. */
export interface Lab {
  /** Namespace of the bridge. */
  netns: string
  /** Held by whoever makes or removes it. */
  lockFile: string
  hostName: string
}

/** The host's end of its cable. */
export const underlayInterface = 'u0'
const bridge = 'br0'
/** Room for the overlay's own header around every size of frame that a network may have. */
const mtu = 9_100

/** The bridge's end of a host's cable. */
const portOf = ({ hostName }: Lab) => `p${createHash('sha256').update(hostName).digest('hex').slice(0, 8)}`

const locked = ({ lockFile, netns }: Lab, script: string) =>
  runTool(['flock', lockFile, 'sh', '-c', script, 'sh', netns, bridge, String(mtu)])

// Two workers that start at once must not delete what the other one has just made.
const make = `set -e
nsenter --net="/run/netns/$1" true 2>/dev/null || { ip netns del "$1" 2>/dev/null || true; ip netns add "$1"; }
[ -z "$(ip -n "$1" link show dev "$2" 2>/dev/null)" ] || exit 0
ip -n "$1" link set dev lo up
ip -n "$1" link add name "$2" mtu "$3" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
ip -n "$1" link set dev "$2" up`

const removeWhenEmpty = `[ -e "/run/netns/$1" ] || exit 0
[ -n "$(ip -n "$1" link show master "$2" 2>/dev/null)" ] || ip netns del "$1"`

/** Plugs a host of a lab into the bridge that joins them, whatever is there. Doing it again changes nothing. */
export async function ensureLabUnderlay(hostNetns: string, ip: string, lab: Lab): Promise<void> {
  await locked(lab, make)
  const port = portOf(lab)
  const [inner, outer] = await Promise.all([readLinks(hostNetns), readLinks(lab.netns)])
  const own = inner.find(({ name }) => name === underlayInterface)
  const plug = outer.find(({ name }) => name === port)
  const whole = own !== undefined && plug !== undefined
  if (!whole) {
    // One end without the other is what a namespace leaves that was deleted by hand.
    if (own) await removeLinks(hostNetns, [underlayInterface])
    if (plug) await removeLinks(lab.netns, [port])
    await runIp(hostNetns, [
      `link add name ${underlayInterface} mtu ${mtu} type veth peer name ${port} mtu ${mtu} netns ${lab.netns}`,
    ])
  }
  await runIp(lab.netns, portCommands(port, whole ? plug : undefined))
  await runIp(hostNetns, await addressCommands(hostNetns, `${ip}/24`))
}

/** Pulls a host's cable, and removes the bridge with the last one. Nothing happens where no lab was made. */
export async function removeLabUnderlay(lab: Lab): Promise<void> {
  if ((await namespaceInode(lab.netns)) === null) return
  const port = portOf(lab)
  if ((await readLinks(lab.netns)).some(({ name }) => name === port)) await removeLinks(lab.netns, [port])
  await locked(lab, removeWhenEmpty)
}

const portCommands = (port: string, found: Link | undefined): string[] =>
  found?.master === bridge && found.up ? [] : [`link set dev ${port} master ${bridge} up`]

const addressSchema = z.array(
  z.object({
    flags: z.array(z.string()).default([]),
    addr_info: z
      .array(z.object({ family: z.string(), local: z.string(), prefixlen: z.number() }))
      .default([]),
  }),
)

async function addressCommands(hostNetns: string, wanted: string): Promise<string[]> {
  const [found] = addressSchema.parse(
    await readIp(['-n', hostNetns, 'addr', 'show', 'dev', underlayInterface]),
  )
  const present = (found?.addr_info ?? [])
    .filter(({ family }) => family === 'inet')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
  return [
    ...present.filter((one) => one !== wanted).map((one) => `addr del ${one} dev ${underlayInterface}`),
    ...(found?.flags.includes('UP') ? [] : [`link set dev ${underlayInterface} up`]),
    ...(present.includes(wanted) ? [] : [`addr add ${wanted} dev ${underlayInterface}`]),
  ]
}
