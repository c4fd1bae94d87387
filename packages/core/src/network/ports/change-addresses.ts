import type { Port, Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { type FixedIpWish, planFixedIps } from './fixed-ips.ts'
import { takeChosen, withFormed } from './wishes.ts'

/**
 * Gives a port the addresses asked for and takes the others away. An entry that names no address keeps one that the
 * port has on that subnet. The port's row must be locked.
 * @returns whether anything changed
 * @throws NephosError invalid_input, or conflict when an address is taken or a floating IP leads to one that is to go
 */
export async function changeAddresses(
  db: Tx,
  port: Pick<Port, 'id' | 'networkId' | 'macAddress'>,
  asked: readonly { subnetId?: string; ipAddress?: string }[],
): Promise<boolean> {
  const subnets = await db.subnet.findMany({
    where: { networkId: port.networkId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const held = await db.addressAllocation.findMany({
    where: { portId: port.id },
    orderBy: { createdAt: 'asc' },
  })
  const open = new Map(held.map((one) => [one.ipAddress, one]))
  const wanted: FixedIpWish[] = []
  const wishes = withFormed(port, planFixedIps(asked, subnets) ?? [], subnets)
  // Named addresses first, so that an entry for "any" does not keep one of them.
  for (const wish of wishes) if (wish.ipAddress && !open.delete(wish.ipAddress)) wanted.push(wish)
  for (const { subnet, ipAddress } of wishes) {
    if (ipAddress) continue
    const kept = [...open.values()].find(({ subnetId }) => subnetId === subnet.id)
    if (kept) open.delete(kept.ipAddress)
    else wanted.push({ subnet })
  }
  const leaving = [...open.keys()]
  if (leaving.length > 0) {
    await refuseLed(db, port.id, leaving)
    await db.addressAllocation.deleteMany({ where: { portId: port.id, ipAddress: { in: leaving } } })
  }
  await takeChosen(db, port, wanted)
  return leaving.length + wanted.length > 0
}

async function refuseLed(db: Tx, portId: string, addresses: string[]): Promise<void> {
  const led = await db.floatingIp.findFirst({
    where: {
      OR: [
        { portId, fixedIpAddress: { in: addresses } },
        { forwardings: { some: { internalPortId: portId, internalAddress: { in: addresses } } } },
      ],
    },
    select: { address: true },
  })
  if (led)
    throw conflict(`The floating IP ${led.address} leads to an address that the port would lose.`, {
      field: 'fixedIps',
      remedy: 'Disassociate it first.',
      detail: { reason: 'address_has_floating_ip', address: led.address },
    })
}
