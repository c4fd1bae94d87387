import type { MutationTx } from '../../kernel/index.ts'
import { leadsNowhere } from './lead.ts'
import { announceFloatingIp } from './row.ts'
import { touchRouters } from './target.ts'

/**
 * Frees the floating IPs that lead to ports which are about to be deleted: they stay the project's, and lead nowhere.
 * Forwardings to the ports end. Call it before the ports are deleted; their rows are locked from here on.
 */
export async function releaseFloatingIps(
  tx: Pick<MutationTx, 'db' | 'event'>,
  portIds: readonly string[],
): Promise<void> {
  if (portIds.length === 0) return
  const ids = [...portIds]
  await tx.db.port.updateMany({ where: { id: { in: ids } }, data: { generation: { increment: 1 } } })
  const found = await tx.db.floatingIp.findMany({
    where: {
      OR: [{ portId: { in: ids } }, { forwardings: { some: { internalPortId: { in: ids } } } }],
    },
    select: { id: true, portId: true, routerId: true, forwardings: { select: { internalPortId: true } } },
    orderBy: { id: 'asc' },
  })
  for (const { id, portId, forwardings } of found) {
    const gone = portId !== null || forwardings.every((one) => ids.includes(one.internalPortId))
    await tx.db.portForwarding.deleteMany({ where: { floatingIpId: id, internalPortId: { in: ids } } })
    await tx.db.floatingIp.update({
      where: { id },
      data: { ...(gone && leadsNowhere), generation: { increment: 1 } },
    })
  }
  await touchRouters(
    tx.db,
    found.map(({ routerId }) => routerId),
  )
  for (const { id } of found) await announceFloatingIp(tx, id, 'updated')
}
