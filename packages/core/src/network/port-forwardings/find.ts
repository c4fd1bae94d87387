import type { Db, PortForwarding, Tx } from '@nephos/db'
import { type Ctx, notFound } from '../../kernel/index.ts'
import { visibleFloatingIps } from '../floating-ips/access.ts'

/** A port forwarding of a floating IP that the actor sees, with what of that never changes. @throws NephosError not_found */
export async function findForwarding(
  ctx: Ctx,
  db: Db | Tx,
  id: string,
): Promise<PortForwarding & { floatingIp: { projectId: string; networkId: string } }> {
  const found = await db.portForwarding.findFirst({
    where: { id, floatingIp: visibleFloatingIps(ctx) },
    include: { floatingIp: { select: { projectId: true, networkId: true } } },
  })
  if (!found) throw notFound('port forwarding', id)
  return found
}
