import type { AddressGroup, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, notFound, requireProject } from '../../kernel/index.ts'

/** Addresses under one name, as lists and events have them. */
export interface AddressGroupRow {
  id: string
  projectId: string
  name: string
  description: string
  /** Ranges of IPv4 and IPv6; a single address is a range of one. */
  addresses: string[]
  /** Rules of security groups that name it. */
  ruleCount: number
  generation: number
  createdAt: Date
  updatedAt: Date
}

/** What to read with an address group to make its row. */
export const addressGroupParts = {
  addresses: { select: { cidr: true }, orderBy: { cidr: 'asc' } },
  _count: { select: { rules: true } },
} as const satisfies Prisma.AddressGroupInclude

/** An address group read with {@link addressGroupParts}. */
export type AddressGroupWithParts = AddressGroup & {
  addresses: { cidr: string }[]
  _count: { rules: number }
}

/** The row of an address group. */
export const addressGroupRow = ({ _count, addresses, ...group }: AddressGroupWithParts): AddressGroupRow => ({
  ...group,
  addresses: addresses.map(({ cidr }) => cidr),
  ruleCount: _count.rules,
})

/** The address groups an actor sees: those of the project, and all of them for an administrator. */
export const visibleAddressGroups = (ctx: Ctx): Prisma.AddressGroupWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findAddressGroup(
  ctx: Ctx,
  db: Pick<MutationTx['db'], 'addressGroup'>,
  id: string,
): Promise<AddressGroupRow> {
  const found = await db.addressGroup.findFirst({
    where: { AND: [{ id }, visibleAddressGroups(ctx)] },
    include: addressGroupParts,
  })
  if (!found) throw notFound('address group', id)
  return addressGroupRow(found)
}

/**
 * Locks an address group until the transaction ends: changes of one follow each other. Call it before any read.
 * @throws NephosError not_found
 */
export async function lockAddressGroup(ctx: Ctx, tx: MutationTx, id: string): Promise<AddressGroupRow> {
  await tx.db.addressGroup.updateMany({
    where: { AND: [{ id }, visibleAddressGroups(ctx)] },
    data: { generation: { increment: 1 } },
  })
  return findAddressGroup(ctx, tx.db, id)
}

/** Announces address groups as they are now. Hosts read the addresses that they need themselves. */
export async function announceAddressGroups(
  tx: MutationTx,
  ids: readonly string[],
  change: 'created' | 'updated' = 'updated',
): Promise<AddressGroupRow[]> {
  if (ids.length === 0) return []
  const found = await tx.db.addressGroup.findMany({
    where: { id: { in: [...ids] } },
    include: addressGroupParts,
  })
  const rows = found.map(addressGroupRow)
  for (const row of rows)
    tx.event({
      noun: 'address_group',
      change,
      id: row.id,
      audience: { kind: 'project', projectId: row.projectId },
      data: row,
    })
  return rows
}
