import type { Tx } from '@nephos/db'
import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'
import { ensureDefaultGroup } from './default-group.ts'

/** Most groups of one port. */
const mostGroups = 20

/** The groups that a new port is to be in: left out for the project's default group, empty for none. */
export const securityGroupIdsField = z
  .array(z.string().min(1).max(64))
  .max(mostGroups, `A port is in at most ${mostGroups} security groups.`)
  .refine((ids) => new Set(ids).size === ids.length, 'A security group is named twice.')

/** A security group that a port is in. */
export interface PortGroup {
  id: string
  name: string
}

/**
 * The groups of a project that were asked for; its default group when nothing was.
 * @param field of the input that names them
 * @throws NephosError invalid_input for a group that the project does not have, or when stateful and stateless ones
 * are mixed
 */
export async function chooseGroups(
  db: Tx,
  projectId: string,
  asked: readonly string[] | undefined,
  field = 'securityGroupIds',
): Promise<PortGroup[]> {
  if (!asked) return [await ensureDefaultGroup(db, projectId)]
  if (asked.length === 0) return []
  const found = await db.securityGroup.findMany({
    where: { id: { in: [...asked] }, projectId },
    select: { id: true, name: true, stateful: true },
    orderBy: { id: 'asc' },
  })
  const known = new Set(found.map(({ id }) => id))
  const index = asked.findIndex((id) => !known.has(id))
  if (index >= 0)
    throw invalid(
      `${field}.${index}`,
      `No security group ${asked[index]} was found.`,
      'Choose one of the listed groups.',
    )
  requireOneKind(found, field)
  return found.map(({ id, name }) => ({ id, name }))
}

/** Refuses groups of which some remember connections and others do not: a port does or does not. */
export function requireOneKind(groups: readonly { name: string; stateful: boolean }[], field: string): void {
  const stateless = groups.find(({ stateful }) => !stateful)
  const stateful = groups.find((group) => group.stateful)
  if (stateless && stateful)
    throw invalid(
      field,
      `The security group ${stateless.name} is stateless and ${stateful.name} is stateful: a port has groups of one kind.`,
      'Leave one of them out.',
    )
}
