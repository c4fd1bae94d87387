import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { refuseDefaultName } from './create.ts'
import { announceSecurityGroups, lockSecurityGroup, type SecurityGroupRow } from './row.ts'

/**
 * Renames a group, or changes whether it remembers connections (only while no port is in it).
 * @throws NephosError not_found, conflict for the name of the default group or while ports are in it
 */
export const updateSecurityGroup = defineVerb({
  name: 'network.securityGroups.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: displayName.optional(),
    description: description.optional(),
    stateful: z.boolean().optional(),
  }),
  run: ({ ctx, input: { id, ...changes } }): Promise<SecurityGroupRow> =>
    mutate(ctx, async (tx) => {
      const before = await lockSecurityGroup(ctx, tx, id)
      if (changes.name !== undefined && changes.name !== before.name) {
        if (before.isDefault) throw conflict('The default security group keeps its name.', { field: 'name' })
        refuseDefaultName(changes.name)
      }
      if (changes.stateful !== undefined && changes.stateful !== before.stateful && before.portCount > 0)
        throw conflict(
          `${before.portCount} ${before.portCount === 1 ? 'port is' : 'ports are'} in the group ${before.name}: it stays ${before.stateful ? 'stateful' : 'stateless'}.`,
          { field: 'stateful', remedy: 'Take the ports out of it first, or make another group.' },
        )
      await tx.db.securityGroup.updateMany({ where: { id }, data: changes })
      tx.audit({
        verb: 'network.securityGroups.update',
        resourceType: 'security-group',
        resourceId: id,
        resourceName: changes.name ?? before.name,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify(changes)),
      })
      const [row] = await announceSecurityGroups(tx, [id])
      return row!
    }),
})
