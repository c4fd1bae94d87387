import type { Flavor, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, notFound, reader, requireProject } from '../../kernel/index.ts'

/** A flavor as lists, `show` and events have it. */
export interface FlavorRow {
  id: string
  name: string
  description: string
  vcpus: number
  ramMib: number
  diskGib: number
  /** GiB of empty disk besides the root disk; 0: none. */
  ephemeralGib: number
  /** MiB of swap disk; 0: none. */
  swapMib: number
  isPublic: boolean
  disabled: boolean
  extraSpecs: Record<string, string>
}

/** The row of a stored flavor. */
export const flavorRow = (flavor: Flavor): FlavorRow => ({
  id: flavor.id,
  name: flavor.name,
  description: flavor.description,
  vcpus: flavor.vcpus,
  ramMib: flavor.ramMib,
  diskGib: flavor.diskGib,
  ephemeralGib: flavor.ephemeralGib,
  swapMib: flavor.swapMib,
  isPublic: flavor.isPublic,
  disabled: flavor.disabled,
  extraSpecs: (flavor.extraSpecs ?? {}) as Record<string, string>,
})

/** What the actor can use: public flavors and those its project was given; disabled ones are for administrators only. */
export const visibleFlavors = (ctx: Ctx): Prisma.FlavorWhereInput =>
  isAdmin(ctx.actor)
    ? {}
    : {
        disabled: false,
        OR: [{ isPublic: true }, { access: { some: { projectId: requireProject(ctx).id } } }],
      }

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
 * @param projects that may use the flavor though it is private
 */
export function flavorChanged(
  tx: MutationTx,
  change: 'created' | 'updated' | 'deleted',
  flavor: Flavor,
  { before = flavor, projects = [] }: { before?: Flavor; projects?: readonly string[] } = {},
) {
  const event = { noun: 'flavor', id: flavor.id } as const
  const data = change === 'deleted' ? null : flavorRow(flavor)
  if (isOpen(before) && !isOpen(flavor))
    tx.event({ ...event, change: 'deleted', audience: { kind: 'everyone' }, data: null })
  if (!isOpen(flavor))
    for (const projectId of projects) {
      const audience = { kind: 'project', projectId } as const
      if (flavor.disabled) tx.event({ ...event, change: 'deleted', audience, data: null })
      else tx.event({ ...event, change, audience, data })
    }
  // Last, for administrators see every event: what is gone for others is still there for them.
  tx.event({ ...event, change, audience: { kind: isOpen(flavor) ? 'everyone' : 'admin' }, data })
}

/** The projects that were given a private flavor. */
export const projectsWithAccess = async (tx: MutationTx, flavorId: string): Promise<string[]> =>
  (await tx.db.flavorAccess.findMany({ where: { flavorId }, select: { projectId: true } })).map(
    ({ projectId }) => projectId,
  )
