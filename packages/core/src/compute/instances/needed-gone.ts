import { isForeignKeyViolation } from '@nephos/db'
import { type Ctx, conflict, reader } from '../../kernel/index.ts'

/**
 * What a create that the database refused for a missing row means: something that it names was deleted between being
 * found and the commit.
 * @returns a conflict that names what is gone, or the error itself
 */
export async function neededGone(
  ctx: Ctx,
  error: unknown,
  needed: { securityGroupIds?: readonly string[] },
): Promise<unknown> {
  if (!isForeignKeyViolation(error)) return error
  const remedy = 'Look at what there is now, and try again.'
  const asked = [...(needed.securityGroupIds ?? [])]
  const left = await reader(ctx).securityGroup.findMany({
    where: { id: { in: asked } },
    select: { id: true },
  })
  const known = new Set(left.map(({ id }) => id))
  const index = asked.findIndex((id) => !known.has(id))
  if (index >= 0)
    return conflict('A security group was deleted at the same moment.', {
      field: `securityGroupIds.${index}`,
      remedy,
      cause: error,
    })
  return conflict('Something that the instance needs was deleted at the same moment.', {
    remedy,
    cause: error,
  })
}
