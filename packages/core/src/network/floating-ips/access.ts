import type { FloatingIp, PortForwarding, Prisma, Tx } from '@nephos/db'
import { type Ctx, isAdmin, notFound, requireProject } from '../../kernel/index.ts'

/** The floating IPs an actor sees: those of the project, and all of them for an administrator. */
export const visibleFloatingIps = (ctx: Ctx): Prisma.FloatingIpWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/**
 * Locks the row of a floating IP until the transaction ends. Rows are locked in the order port, floating IP, router, so
 * that two calls cannot wait for each other.
 * @throws NephosError not_found
 */
export async function lockFloatingIp(
  ctx: Ctx,
  db: Tx,
  id: string,
): Promise<FloatingIp & { forwardings: PortForwarding[] }> {
  const where = { AND: [{ id }, visibleFloatingIps(ctx)] }
  await db.floatingIp.updateMany({ where, data: { generation: { increment: 1 } } })
  const found = await db.floatingIp.findFirst({ where, include: { forwardings: true } })
  if (!found) throw notFound('floating IP', id)
  return found
}
