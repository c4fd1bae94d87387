import { isUniqueViolation, type Tx } from '@nephos/db'
import { announceInstances } from '../../compute/instances/changed.ts'
import { conflict, type MutationTx } from '../../kernel/index.ts'
import type { Target } from './target.ts'

/** A floating IP that leads nowhere. */
export const leadsNowhere = { portId: null, fixedIpAddress: null, routerId: null, status: 'DOWN' } as const

/**
 * Refuses to lead to an address that is led to already. The port must be locked.
 * @throws NephosError conflict naming the other floating IP
 */
export async function refuseLed(
  db: Tx,
  floatingIp: { id: string; networkId: string },
  { portId, ipAddress }: Target,
): Promise<void> {
  const other = await db.floatingIp.findFirst({
    where: {
      networkId: floatingIp.networkId,
      portId,
      fixedIpAddress: ipAddress,
      id: { not: floatingIp.id },
    },
    select: { address: true },
  })
  if (other)
    throw conflict(`The floating IP ${other.address} leads to ${ipAddress} already.`, {
      field: 'portId',
      remedy: 'Disassociate it first, or choose another address.',
      detail: { reason: 'already_associated', portId, address: other.address },
    })
  const forwarded = await db.portForwarding.findFirst({
    where: { internalPortId: portId, internalAddress: ipAddress },
    select: { floatingIp: { select: { address: true } } },
  })
  if (forwarded)
    throw conflict(
      `Ports of the floating IP ${forwarded.floatingIp.address} are forwarded to ${ipAddress}.`,
      {
        field: 'portId',
        remedy: 'Delete these port forwardings first.',
        detail: { reason: 'port_has_forwardings', portId },
      },
    )
}

/** Announces the instances of these ports: their rows hold the floating addresses. */
export async function announceInstancesOf(
  tx: MutationTx,
  portIds: readonly (string | null)[],
): Promise<void> {
  const known = [...new Set(portIds)].filter((id) => id !== null)
  if (known.length > 0) await announceInstances(tx, { ports: { some: { id: { in: known } } } })
}

/** What came of two requests that led two floating IPs to one address: the second one is told so. */
export function refuseTwin(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw conflict('Another floating IP came to lead to this address at the same moment.', { cause: error })
}
