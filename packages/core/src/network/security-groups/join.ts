import { invalid, type MutationTx } from '../../kernel/index.ts'
import { chooseGroups } from './choose-groups.ts'
import { groupGone } from './port-groups.ts'

/**
 * Puts a new port into the groups that were asked for, or into its project's default group. One without port security
 * is in none.
 * @throws NephosError invalid_input for a group that the project does not have, or for any without port security
 */
export async function joinGroups(
  { db }: Pick<MutationTx, 'db'>,
  port: { id: string; projectId: string; portSecurity: boolean },
  asked?: readonly string[],
): Promise<void> {
  if (!port.portSecurity) return refuseUnsecured(asked)
  const groups = await chooseGroups(db, port.projectId, asked)
  if (groups.length === 0) return
  try {
    await db.portSecurityGroup.createMany({
      data: groups.map(({ id }) => ({ portId: port.id, groupId: id })),
    })
  } catch (error) {
    throw groupGone(error)
  }
}

/** Refuses security groups for a port that nothing filters. @throws NephosError invalid_input */
export function refuseUnsecured(asked: readonly string[] | undefined): void {
  if (asked && asked.length > 0)
    throw invalid(
      'securityGroupIds',
      'Without port security no security group has an effect.',
      'Leave the groups out, or use a network with port security.',
    )
}
