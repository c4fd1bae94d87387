import { type Ctx, conflict, type MutationTx } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from '../hosts/row.ts'

/**
 * Puts hosts into a zone, or back into their own. Hosts that are there already stay untouched.
 * @param zone null for each host's own
 * @throws NephosError conflict naming a host that has instances: they would be elsewhere without having moved
 */
export async function moveToZone(
  ctx: Ctx,
  tx: MutationTx,
  hostIds: readonly string[],
  zone: string | null,
): Promise<void> {
  const hosts = await tx.db.host.findMany({
    where: { id: { in: [...hostIds] } },
    select: { id: true, name: true, zone: true, ownZone: true },
    orderBy: { id: 'asc' },
  })
  for (const host of hosts) {
    const target = zone ?? host.ownZone
    if (host.zone === target) continue
    // The generation rises so that a claim made with the old zone in mind is refused.
    const { count } = await tx.db.host.updateMany({
      where: { id: host.id, instanceCount: 0 },
      data: { zone: target, generation: { increment: 1 } },
    })
    if (count === 0)
      throw conflict(
        `The host ${host.name} has instances, so it cannot go from zone ${host.zone} to ${target}.`,
        { remedy: 'Move its instances to other hosts first.', detail: { host: host.name } },
      )
    const record = await tx.db.host.findUnique({ where: { id: host.id }, select: hostSelect })
    if (record) hostChanged(tx, 'updated', record, ctx.config.serviceDownTime)
  }
}

/**
 * A host is in at most one zone. Call it after {@link moveToZone}, which lets others that want the host wait.
 * @throws NephosError conflict naming the aggregate that has it
 */
export async function refuseOtherZone(
  tx: MutationTx,
  aggregateId: string,
  hostIds: readonly string[],
): Promise<void> {
  const other = await tx.db.aggregateHost.findFirst({
    where: {
      hostId: { in: [...hostIds] },
      aggregateId: { not: aggregateId },
      aggregate: { zone: { not: null } },
    },
    select: { host: { select: { name: true } }, aggregate: { select: { name: true, zone: true } } },
  })
  if (other)
    throw conflict(
      `The host ${other.host.name} is in the zone ${other.aggregate.zone} by the aggregate ${other.aggregate.name}.`,
      { remedy: 'Remove it there first: a host is in one zone.', detail: { host: other.host.name } },
    )
}
