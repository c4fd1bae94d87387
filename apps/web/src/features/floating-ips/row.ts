import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One floating IP, with where it leads. */
export type FloatingIpRow = RouterOutputs['network']['floatingIps']['list']['items'][number]
/** One port of a floating IP that leads to a port of an instance. */
export type PortForwardingRow = FloatingIpRow['forwardings'][number]

/** Colour and word of a floating IP's state. */
export function floatingIpLook({
  status,
  portId,
  forwardings,
}: Pick<FloatingIpRow, 'status' | 'portId' | 'forwardings'>): { tone: StateTone; word: string } {
  if (status === 'ERROR') return { tone: 'bad', word: 'Error' }
  if (status === 'ACTIVE') return { tone: 'ok', word: 'Active' }
  if (portId === null && forwardings.length === 0) return { tone: 'idle', word: 'Free' }
  return { tone: 'warn', word: 'Not applied yet' }
}
