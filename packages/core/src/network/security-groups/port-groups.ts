import type { Prisma } from '@nephos/db'
import { isForeignKeyViolation } from '@nephos/db'
import { conflict, type MutationTx } from '../../kernel/index.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { requireOneKind } from './choose-groups.ts'
import { announceSecurityGroups } from './row.ts'

/** How the groups of ports change. */
export type GroupChange = { set: readonly string[] } | { add: string } | { remove: string }

const wanted = (before: readonly string[], change: GroupChange): string[] => {
  if ('set' in change) return [...new Set(change.set)]
  if ('add' in change) return [...new Set([...before, change.add])]
  return before.filter((id) => id !== change.remove)
}

/**
 * Changes the security groups of ports, and announces the ports and the groups. The groups must be checked.
 * @returns how many ports are in other groups now
 * @throws NephosError conflict when a port has no port security, or a group was deleted at the same moment
 */
export async function changePortGroups(
  tx: MutationTx,
  where: Prisma.PortWhereInput,
  change: GroupChange,
): Promise<number> {
  const ports = await tx.db.port.findMany({
    where,
    include: { ...portParts, securityGroups: { select: { groupId: true } } },
    orderBy: { id: 'asc' },
  })
  const touched = new Set<string>()
  const changed: string[] = []
  for (const { id, name, macAddress, portSecurity, securityGroups } of ports) {
    const before = securityGroups.map(({ groupId }) => groupId)
    const after = wanted(before, change)
    if (!portSecurity && after.length > 0)
      throw conflict(`The port ${name || macAddress} has no port security, so nothing filters it.`, {
        field: 'securityGroupIds',
        remedy: 'Switch its port security on first.',
      })
    const added = after.filter((groupId) => !before.includes(groupId))
    const removed = before.filter((groupId) => !after.includes(groupId))
    if (added.length + removed.length === 0) continue
    await write(tx, id, added, removed)
    changed.push(id)
    for (const groupId of [...added, ...removed]) touched.add(groupId)
  }
  if (changed.length === 0) return 0
  await tx.db.port.updateMany({
    where: { id: { in: changed } },
    data: { generation: { increment: 1 } },
  })
  const now = await tx.db.port.findMany({ where: { id: { in: changed } }, include: groupParts })
  for (const port of now) {
    requireOneKind(
      port.securityGroups.map(({ group }) => group),
      'securityGroupIds',
    )
    announcePort(tx, 'updated', port, portRow(port))
  }
  await announceSecurityGroups(tx, [...touched].sort())
  return changed.length
}

const groupParts = {
  ...portParts,
  securityGroups: { select: { group: { select: { id: true, name: true, stateful: true } } } },
} as const satisfies Prisma.PortInclude

async function write(tx: MutationTx, portId: string, added: string[], removed: string[]): Promise<void> {
  if (removed.length > 0)
    await tx.db.portSecurityGroup.deleteMany({ where: { portId, groupId: { in: removed } } })
  try {
    if (added.length > 0)
      await tx.db.portSecurityGroup.createMany({ data: added.map((groupId) => ({ portId, groupId })) })
  } catch (error) {
    throw groupGone(error)
  }
}

/** What a group that was deleted meanwhile means for whoever wanted to be in it. */
export const groupGone = (error: unknown): unknown =>
  isForeignKeyViolation(error)
    ? conflict('A security group was deleted at the same moment.', { remedy: 'Try again.' })
    : error
