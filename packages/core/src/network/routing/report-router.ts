import { mutate, type Services, systemCtx } from '../../kernel/index.ts'
import { announceFloatingIp } from '../floating-ips/row.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { announceRouter } from '../routers/row.ts'

/** What a host did with a router. */
export interface RouterReport {
  routerId: string
  host: string
  /** Generation of the router that it applied. */
  generation: number
  status: 'ACTIVE' | 'DOWN' | 'ERROR'
  /** Why it is not ACTIVE, as a sentence. */
  reason: string
  /** Ports of the router, and what has become of each. */
  ports: { id: string; status: string }[]
  /** Floating IPs that it leads, and what has become of each. */
  floatingIps: { id: string; status: string }[]
}

/**
 * Writes down what the host of a router did with it, and announces what that changes. A router that has changed
 * meanwhile, or is another host's, is left alone.
 * @returns false when it was left alone
 */
export const reportRouter = (services: Services, report: RouterReport): Promise<boolean> => {
  const { routerId, host, generation, status, reason, ports, floatingIps } = report
  const ctx = systemCtx(services, `network worker on ${host}`)
  return mutate(ctx, async (tx) => {
    const { count } = await tx.db.router.updateMany({
      where: { id: routerId, hostName: host, generation },
      data: { status, statusReason: reason },
    })
    if (count === 0) return false
    await announceRouter(ctx, tx, routerId, 'updated')
    for (const port of ports) {
      const changed = { status: port.status, hostName: host, vifType: 'veth' }
      const { count: changes } = await tx.db.port.updateMany({
        where: { id: port.id, deviceId: routerId, NOT: changed },
        data: { ...changed, generation: { increment: 1 } },
      })
      if (changes === 0) continue
      const found = await tx.db.port.findUniqueOrThrow({ where: { id: port.id }, include: portParts })
      announcePort(tx, 'updated', found, portRow(found))
    }
    for (const { id, status: leads } of floatingIps) {
      const { count: changes } = await tx.db.floatingIp.updateMany({
        where: { id, routerId, status: { not: leads } },
        data: { status: leads },
      })
      if (changes > 0) await announceFloatingIp(tx, id, 'updated')
    }
    return true
  })
}
