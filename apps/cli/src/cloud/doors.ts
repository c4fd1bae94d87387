import { readFileSync } from 'node:fs'
import { type NephosConfig, statePaths } from '@nephos/config'
import { z } from 'zod'

const doors = z.array(
  z.object({
    interface: z.string().nullable(),
    addresses: z.array(z.string()),
    open: z.boolean(),
    reason: z.string(),
  }),
)

/** The doors of external networks that the network worker of a host has made, or could not make. */
export type HostDoor = z.infer<typeof doors>[number]

/** What the hosts of this machine say about their doors; nothing where none has any. */
export function readDoors(config: NephosConfig, hosts: readonly string[]): HostDoor[] {
  return hosts.flatMap((host) => {
    try {
      return doors.parse(JSON.parse(readFileSync(statePaths(config).doors(host), 'utf8')))
    } catch {
      return []
    }
  })
}

/** `172.24.4.1/24 is this machine`, or why it is not. */
export function describeDoor({ interface: name, addresses, open, reason }: HostDoor): string {
  const what = name ? `by the interface ${name}` : `this machine is ${addresses.join(', ')}`
  return open ? [what, reason].filter(Boolean).join('. ') : `closed. ${reason}`
}
