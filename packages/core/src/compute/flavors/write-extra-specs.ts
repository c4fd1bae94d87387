import { Prisma } from '@nephos/db'
import { type Ctx, conflict, mutate } from '../../kernel/index.ts'
import { requireValidExtraSpecs } from './extra-specs.ts'
import { type FlavorRow, findFlavor, flavorChanged, flavorRow, projectsWithAccess } from './row.ts'

/**
 * Changes the extra specs of a flavor. Instances keep those they were created with.
 * @param change makes the new ones of the old ones
 * @throws NephosError not_found, invalid_input, conflict when another change came first
 */
export const writeExtraSpecs = (
  ctx: Ctx,
  verb: string,
  id: string,
  change: (old: Record<string, string>) => Record<string, string>,
): Promise<FlavorRow> =>
  mutate(ctx, async (tx) => {
    const before = await findFlavor(ctx, id, tx.db)
    const old = flavorRow(before).extraSpecs
    const specs = change(old)
    requireValidExtraSpecs(specs, before.vcpus)
    const updatedAt = new Date()
    const extraSpecs = Object.keys(specs).length > 0 ? specs : Prisma.DbNull
    const { count } = await tx.db.flavor.updateMany({
      where: { id, updatedAt: before.updatedAt },
      data: { extraSpecs, updatedAt },
    })
    if (count === 0)
      throw conflict(`The flavor ${before.name} was just changed by someone else.`, {
        remedy: 'Look at it again and repeat your change.',
      })
    const flavor = { ...before, updatedAt, extraSpecs: extraSpecs === Prisma.DbNull ? null : specs }
    tx.audit({
      verb,
      resourceType: 'flavor',
      resourceId: id,
      resourceName: flavor.name,
      projectId: null,
      detail: { before: old, after: specs },
    })
    flavorChanged(tx, 'updated', flavor, { projects: await projectsWithAccess(tx, id) })
    return flavorRow(flavor)
  })
