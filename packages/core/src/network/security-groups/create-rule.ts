import { isForeignKeyViolation, isUniqueViolation, newId } from '@nephos/db'
import { z } from 'zod'
import { description } from '../../compute/names.ts'
import {
  type Ctx,
  conflict,
  defineVerb,
  invalid,
  type MutationTx,
  mutate,
  reader,
  takeQuota,
} from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { requireFilter } from './enforcement.ts'
import { planRule } from './plan-rule.ts'
import { announceSecurityGroups, lockSecurityGroup, type SecurityGroupRow } from './row.ts'
import { ruleRow, ruleSelect, type SecurityGroupRuleRow } from './rule-row.ts'

/** What `network.securityGroupRules.create` takes. */
export const createSecurityGroupRuleInput = z.object({
  securityGroupId: idField,
  direction: z.enum(['ingress', 'egress'], 'Choose ingress or egress.'),
  ethertype: z.enum(['IPv4', 'IPv6'], 'Choose IPv4 or IPv6.').default('IPv4'),
  /** Name or number; every protocol when left out. */
  protocol: z.string().max(32).nullish(),
  /** First port, or the type of ICMP. */
  portMin: z.number().nullish(),
  /** Last port, or the code of ICMP. */
  portMax: z.number().nullish(),
  /** Addresses of the other side; any when neither this nor a group is named. */
  remoteIpPrefix: z.string().trim().max(64).nullish(),
  /** The members of this group are the other side. */
  remoteGroupId: idField.nullish(),
  /** The addresses of this address group are the other side, as far as they are of the rule's family. */
  remoteAddressGroupId: idField.nullish(),
  description: description.default(''),
})

/**
 * Lets something more through for the members of a group.
 * @throws NephosError not_found, invalid_input naming the field, conflict with the id of a rule that means the same,
 * unsupported when no host can filter, quota_exceeded
 */
export const createSecurityGroupRule = defineVerb({
  name: 'network.securityGroupRules.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createSecurityGroupRuleInput,
  run: async ({ ctx, input }): Promise<SecurityGroupRuleRow> => {
    const { securityGroupId, description: text, ...wish } = input
    try {
      return await mutate(ctx, async (tx) => {
        const group = await lockSecurityGroup(ctx, tx, securityGroupId)
        const rule = planRule(wish)
        await requireFilter(tx.db)
        if (rule.remoteGroupId) await requireRemote(tx, group, rule.remoteGroupId)
        if (rule.remoteAddressGroupId) await requireAddresses(tx, group, rule.remoteAddressGroupId)
        await refuseDouble(tx, group, rule.fingerprint)
        const record = await tx.db.securityGroupRule.create({
          data: { id: newId(), groupId: group.id, projectId: group.projectId, description: text, ...rule },
          select: ruleSelect,
        })
        tx.audit({
          verb: 'network.securityGroupRules.create',
          resourceType: 'security-group',
          resourceId: group.id,
          resourceName: group.name,
          projectId: group.projectId,
          detail: { ruleId: record.id, rule: rule.fingerprint },
        })
        await announceSecurityGroups(tx, [group.id])
        await takeQuota(tx.db, group.projectId, { security_group_rules: 1 })
        return ruleRow(record)
      })
    } catch (error) {
      if (isForeignKeyViolation(error))
        throw conflict('A group that the rule names was deleted at the same moment.', { cause: error })
      if (!isUniqueViolation(error)) throw error
      await refuseExisting(ctx, securityGroupId, planRule(wish).fingerprint)
      throw error
    }
  },
})

async function requireRemote(tx: MutationTx, { projectId }: SecurityGroupRow, id: string): Promise<void> {
  if ((await tx.db.securityGroup.count({ where: { id, projectId } })) === 0)
    throw invalid('remoteGroupId', `No security group ${id} was found.`, 'Choose one of the listed groups.')
}

async function requireAddresses(tx: MutationTx, { projectId }: SecurityGroupRow, id: string): Promise<void> {
  if ((await tx.db.addressGroup.count({ where: { id, projectId } })) === 0)
    throw invalid(
      'remoteAddressGroupId',
      `No address group ${id} was found.`,
      'Choose one of the listed address groups.',
    )
}

async function refuseDouble(
  { db }: Pick<MutationTx, 'db'>,
  { id, name }: Pick<SecurityGroupRow, 'id' | 'name'>,
  fingerprint: string,
): Promise<void> {
  const found = await db.securityGroupRule.findUnique({
    where: { groupId_fingerprint: { groupId: id, fingerprint } },
    select: { id: true },
  })
  if (found)
    throw conflict(`Security group rule already exists. The rule ${found.id} of ${name} says the same.`, {
      detail: { ruleId: found.id },
    })
}

async function refuseExisting(ctx: Ctx, groupId: string, fingerprint: string): Promise<void> {
  const db = reader(ctx) as MutationTx['db']
  await refuseDouble({ db }, { id: groupId, name: 'the group' }, fingerprint)
}
