import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { ruleRow, ruleSelect, type SecurityGroupRuleRow } from '../security-groups/rule-row.ts'
import { type AddressGroupRow, findAddressGroup } from './row.ts'

const mostRules = 200

/** An address group with the rules that name it; at most 200. */
export interface AddressGroupDetail extends AddressGroupRow {
  usedBy: (SecurityGroupRuleRow & { groupName: string })[]
}

/** One address group with the rules that name it. @throws NephosError not_found */
export const showAddressGroup = defineVerb({
  name: 'network.addressGroups.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<AddressGroupDetail> => {
    const db = reader(ctx)
    const row = await findAddressGroup(ctx, db, id)
    const rules = await db.securityGroupRule.findMany({
      where: { remoteAddressGroupId: id },
      select: { ...ruleSelect, group: { select: { name: true } } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: mostRules,
    })
    return {
      ...row,
      usedBy: rules.map(({ group, ...rule }) => ({ ...ruleRow(rule), groupName: group.name })),
    }
  },
})
