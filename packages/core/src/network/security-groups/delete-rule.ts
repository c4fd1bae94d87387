import { z } from 'zod'
import { defineVerb, mutate, notFound, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { announceSecurityGroups, lockSecurityGroup, visibleSecurityGroups } from './row.ts'

/** Takes a rule away; connections that only it let through are cut. @throws NephosError not_found */
export const deleteSecurityGroupRule = defineVerb({
  name: 'network.securityGroupRules.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const rule = await tx.db.securityGroupRule.findFirst({
        where: { id, group: visibleSecurityGroups(ctx) },
        select: { groupId: true, fingerprint: true },
      })
      if (!rule) throw notFound('security group rule', id)
      const group = await lockSecurityGroup(ctx, tx, rule.groupId)
      const { count } = await tx.db.securityGroupRule.deleteMany({ where: { id } })
      if (count === 0) throw notFound('security group rule', id)
      tx.audit({
        verb: 'network.securityGroupRules.delete',
        resourceType: 'security-group',
        resourceId: group.id,
        resourceName: group.name,
        projectId: group.projectId,
        detail: { ruleId: id, rule: rule.fingerprint },
      })
      await announceSecurityGroups(tx, [group.id])
      await returnQuota(tx.db, group.projectId, { security_group_rules: 1 })
      return { id }
    }),
})
