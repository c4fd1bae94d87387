import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One network as lists and details hold it, its subnets included. */
export type NetworkRow = RouterOutputs['network']['networks']['list']['items'][number]
/** One subnet of a network. */
export type SubnetRow = NetworkRow['subnets'][number]
/** One port. */
export type PortRow = RouterOutputs['network']['ports']['list']['items'][number]

/** Colour and word of a network's state. */
export function networkLook({ status }: Pick<NetworkRow, 'status'>): { tone: StateTone; word: string } {
  if (status === 'ACTIVE') return { tone: 'ok', word: 'Active' }
  if (status === 'DELETING') return { tone: 'busy', word: 'Deleting' }
  if (status === 'ERROR') return { tone: 'bad', word: 'Error' }
  return { tone: 'idle', word: 'Switched off' }
}

/** Colour and word of a port's state. */
export function portLook({ status }: Pick<PortRow, 'status'>): { tone: StateTone; word: string } {
  if (status === 'ACTIVE') return { tone: 'ok', word: 'Up' }
  if (status === 'BUILD') return { tone: 'busy', word: 'Wiring' }
  if (status === 'ERROR') return { tone: 'bad', word: 'Error' }
  return { tone: 'idle', word: 'Down' }
}

/** The port that gives a network its DHCP and metadata. */
export const isServicePort = ({ deviceOwner }: Pick<PortRow, 'deviceOwner'>): boolean =>
  deviceOwner.startsWith('network:')

/** Addresses of all subnets together. */
export const addressUse = (subnets: readonly SubnetRow[]): { used: number; total: number } =>
  subnets.reduce((sum, { used, total }) => ({ used: sum.used + used, total: sum.total + total }), {
    used: 0,
    total: 0,
  })
