import type { Flavor } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, notFound, reader } from '../../kernel/index.ts'

/** A flavor as lists, `show` and events have it. */
export interface FlavorRow {
  id: string
  name: string
  description: string
  vcpus: number
  ramMib: number
  diskGib: number
  isPublic: boolean
  disabled: boolean
}

/** The row of a stored flavor. */
export const flavorRow = (flavor: Flavor): FlavorRow => ({
  id: flavor.id,
  name: flavor.name,
  description: flavor.description,
  vcpus: flavor.vcpus,
  ramMib: flavor.ramMib,
  diskGib: flavor.diskGib,
  isPublic: flavor.isPublic,
  disabled: flavor.disabled,
})

/** Private and disabled flavors exist for administrators only. */
export const visibleFlavors = (ctx: Ctx) => (isAdmin(ctx.actor) ? {} : { isPublic: true, disabled: false })

/** @throws NephosError not_found when there is none that the actor can see */
export async function findFlavor(ctx: Ctx, id: string, db = reader(ctx)): Promise<Flavor> {
  const flavor = await db.flavor.findFirst({ where: { id, ...visibleFlavors(ctx) } })
  if (!flavor) throw notFound('flavor', id)
  return flavor
}

const isOpen = (flavor: Flavor) => flavor.isPublic && !flavor.disabled

/**
 * Announces a change of a flavor to those who can see it. `before` is the flavor as it was until an update: one that
 * was just hidden leaves the lists of those who could see it.
 */
export function flavorChanged(
  tx: MutationTx,
  change: 'created' | 'updated' | 'deleted',
  flavor: Flavor,
  before = flavor,
) {
  const event = { noun: 'flavor', id: flavor.id } as const
  if (isOpen(before) && !isOpen(flavor))
    tx.event({ ...event, change: 'deleted', audience: { kind: 'everyone' }, data: null })
  tx.event({
    ...event,
    change,
    audience: { kind: isOpen(flavor) ? 'everyone' : 'admin' },
    data: change === 'deleted' ? null : flavorRow(flavor),
  })
}
