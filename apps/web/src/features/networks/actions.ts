import { type NetworkRow, type PortRow, type SubnetRow, takesPortsOf } from './row.ts'

/** Who wants to act. */
export interface NetworkAsker {
  isAdmin: boolean
  projectId: string | null
  /** Why this person may not change anything, or null. */
  readOnly: string | null
}

/** Why the network itself cannot be changed, or null when it can. */
export function networkReason(
  network: Pick<NetworkRow, 'projectId' | 'status' | 'name'>,
  { isAdmin, projectId, readOnly }: NetworkAsker,
): string | null {
  if (readOnly) return readOnly
  if (network.status === 'DELETING') return 'The network is being deleted.'
  if (!isAdmin && network.projectId !== projectId)
    return 'It belongs to another project; it can be used, but only its owner changes it.'
  return null
}

/** Why nothing can be put on the network, or null when something can: a shared one takes ports of everyone. */
export function portReason(
  network: Pick<NetworkRow, 'status' | 'external' | 'shared' | 'projectId' | 'sharedWith'>,
  { readOnly, isAdmin, projectId }: NetworkAsker,
): string | null {
  if (readOnly) return readOnly
  if (network.status === 'DELETING') return 'The network is being deleted.'
  if (network.external && !isAdmin && !takesPortsOf(network, projectId))
    return 'It is an external network: only routers and floating IPs have ports on it.'
  return null
}

/** Why a subnet cannot be deleted, as far as the dashboard knows, or null. */
export const subnetDeleteReason = (
  network: Pick<NetworkRow, 'projectId' | 'status' | 'name'>,
  subnet: Pick<SubnetRow, 'used' | 'enableDhcp'>,
  asker: NetworkAsker,
): string | null => {
  const reason = networkReason(network, asker)
  if (reason) return reason
  // One address belongs to DHCP and metadata, and goes with the subnet.
  return subnet.used > 1 ? 'Ports use its addresses; delete them first.' : null
}

/** Why a port cannot be deleted, or null. */
export function portDeleteReason(
  port: Pick<PortRow, 'deviceOwner'>,
  { readOnly }: NetworkAsker,
): string | null {
  if (readOnly) return readOnly
  if (port.deviceOwner.startsWith('network:'))
    return port.deviceOwner === 'network:dhcp'
      ? 'It serves DHCP and metadata to its network, and goes with it.'
      : port.deviceOwner === 'network:floatingip'
        ? 'It holds the address of a floating IP; release that.'
        : 'It belongs to a router; remove the interface or the gateway there.'
  return null
}

/** Why the security groups of a port cannot be changed, or null. */
export function portGroupsReason(
  port: Pick<PortRow, 'deviceOwner' | 'portSecurity'>,
  { readOnly }: NetworkAsker,
): string | null {
  if (readOnly) return readOnly
  if (port.deviceOwner.startsWith('network:')) return 'It belongs to the network itself; nothing filters it.'
  return port.portSecurity ? null : 'Its port security is off: nothing filters it.'
}
