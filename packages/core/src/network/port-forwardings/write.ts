import { type FloatingIp, isUniqueViolation, type PortForwarding, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import type { Target } from '../floating-ips/target.ts'

/** What identifies a port forwarding among those of its floating IP. */
export type Forwarded = Pick<PortForwarding, 'protocol' | 'externalPort' | 'internalAddress' | 'internalPort'>

/**
 * Refuses what another forwarding of the floating IP has, and addresses that a floating IP of their own leads to. The
 * floating IP must be locked.
 * @throws NephosError conflict saying what is in the way
 */
export async function refuseTaken(
  db: Tx,
  floatingIp: FloatingIp & { forwardings: PortForwarding[] },
  wanted: Forwarded,
  target: Target,
  own?: string,
): Promise<void> {
  const others = floatingIp.forwardings.filter(
    ({ id, protocol }) => id !== own && protocol === wanted.protocol,
  )
  const { protocol, externalPort, internalAddress, internalPort } = wanted
  const name = protocol.toUpperCase()
  if (others.some((other) => other.externalPort === externalPort))
    throw conflict(`${name} port ${externalPort} of ${floatingIp.address} is forwarded already.`, {
      field: 'externalPort',
      remedy: 'Choose another port, or change that forwarding.',
      detail: { reason: 'external_port_in_use' },
    })
  if (
    others.some((other) => other.internalAddress === internalAddress && other.internalPort === internalPort)
  )
    throw conflict(
      `${name} port ${internalPort} of ${internalAddress} is reached through ${floatingIp.address} already.`,
      {
        field: 'internalPort',
        remedy: 'Change that forwarding.',
        detail: { reason: 'internal_port_in_use' },
      },
    )
  const led = await db.floatingIp.findFirst({
    where: { portId: target.portId, fixedIpAddress: target.ipAddress },
    select: { address: true },
  })
  if (led)
    throw conflict(`The floating IP ${led.address} leads to ${internalAddress} as a whole.`, {
      field: 'internalPortId',
      remedy: 'Disassociate it first.',
      detail: { reason: 'port_has_floating_ip' },
    })
}

/**
 * Refuses a second router: one floating IP is on one router.
 * @throws NephosError conflict
 */
export function refuseOtherRouter(
  floatingIp: Pick<FloatingIp, 'address' | 'routerId'>,
  routerId: string,
  others: readonly unknown[],
): void {
  if (others.length > 0 && floatingIp.routerId && floatingIp.routerId !== routerId)
    throw conflict(`The other ports of ${floatingIp.address} are forwarded by another router.`, {
      field: 'internalPortId',
      remedy: 'Choose a port behind the same router, or use another floating IP.',
      detail: { reason: 'other_router' },
    })
}

/** What came of two requests that forwarded one port at once. */
export function refuseTwinForwarding(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw conflict('Another request forwarded this port at the same moment.', { cause: error })
}
