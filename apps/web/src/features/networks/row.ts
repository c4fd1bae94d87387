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
export function portLook({ status, adminStateUp }: Pick<PortRow, 'status' | 'adminStateUp'>): {
  tone: StateTone
  word: string
} {
  if (!adminStateUp) return { tone: 'idle', word: 'Switched off' }
  // It holds an address and is wired nowhere.
  if (status === 'N/A') return { tone: 'idle', word: 'Held' }
  if (status === 'ACTIVE') return { tone: 'ok', word: 'Up' }
  if (status === 'BUILD') return { tone: 'busy', word: 'Wiring' }
  if (status === 'ERROR') return { tone: 'bad', word: 'Error' }
  return { tone: 'idle', word: 'Down' }
}

/** A port of the cloud's own: of DHCP, a router or a floating IP. */
export const isServicePort = ({ deviceOwner }: Pick<PortRow, 'deviceOwner'>): boolean =>
  deviceOwner.startsWith('network:')

/** Addresses of all IPv4 subnets together: those of IPv6 have no end. */
export const addressUse = (subnets: readonly SubnetRow[]): { used: number; total: number } =>
  subnets
    .filter(({ ipVersion }) => ipVersion === 4)
    .reduce((sum, { used, total }) => ({ used: sum.used + used, total: sum.total + total }), {
      used: 0,
      total: 0,
    })

/** "12 free"; of IPv6 nobody counts. */
export const freeWords = ({ ipVersion, used, total }: SubnetRow): string =>
  ipVersion === 6 && total > 65_536 ? 'plenty free' : `${total - used} free`

/** Who uses a network, in words. */
export function usedBy(
  network: Pick<NetworkRow, 'shared' | 'external' | 'forEveryone' | 'sharedWith'>,
): string {
  if (network.shared) return 'every project'
  if (network.external && network.forEveryone) return 'routers and floating IPs of every project'
  const named = (network.sharedWith ?? []).filter(({ projectId }) => projectId !== '*').length
  return named === 0
    ? 'its own project'
    : `its own project and ${named === 1 ? 'one that it is shared with' : `${named} that it is shared with`}`
}

/** Whether ports of a project may be put on a network that the project sees. */
export const takesPortsOf = (
  { shared, projectId: owner, sharedWith }: Pick<NetworkRow, 'shared' | 'projectId' | 'sharedWith'>,
  projectId: string | null,
): boolean =>
  shared ||
  owner === projectId ||
  Boolean(sharedWith?.some((one) => one.action === 'access_as_shared' && one.projectId === projectId))
