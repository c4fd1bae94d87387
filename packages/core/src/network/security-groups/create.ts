import { newId } from '@nephos/db'
import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { conflict, defineVerb, mutate, requireProject, takeQuota } from '../../kernel/index.ts'
import { defaultGroupName, egressRules } from './default-group.ts'
import { announceSecurityGroups, type SecurityGroupRow } from './row.ts'

/** What `network.securityGroups.create` takes. */
export const createSecurityGroupInput = z.object({
  name: displayName,
  description: description.default(''),
  /** Answers of what a rule lets through pass by themselves. */
  stateful: z.boolean().default(true),
})

/** Refuses the name that every project has a group of already. @throws NephosError conflict */
export function refuseDefaultName(name: string): void {
  if (name.toLowerCase() === defaultGroupName)
    throw conflict('Every project has a security group named default already.', {
      field: 'name',
      remedy: 'Choose another name.',
    })
}

/**
 * Makes a security group that lets its members send everything and lets nothing in.
 * @throws NephosError conflict for the name default, quota_exceeded
 */
export const createSecurityGroup = defineVerb({
  name: 'network.securityGroups.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createSecurityGroupInput,
  run: ({ ctx, input }): Promise<SecurityGroupRow> => {
    const { id: projectId } = requireProject(ctx)
    refuseDefaultName(input.name)
    return mutate(ctx, async (tx) => {
      const id = newId()
      const rules = egressRules()
      await tx.db.securityGroup.create({ data: { id, projectId, ...input } })
      await tx.db.securityGroupRule.createMany({
        data: rules.map((rule) => ({ id: newId(), groupId: id, projectId, ...rule })),
      })
      tx.audit({
        verb: 'network.securityGroups.create',
        resourceType: 'security-group',
        resourceId: id,
        resourceName: input.name,
        detail: { stateful: input.stateful },
      })
      const [row] = await announceSecurityGroups(tx, [id], 'created')
      await takeQuota(tx.db, projectId, { security_groups: 1, security_group_rules: rules.length })
      return row!
    })
  },
})
