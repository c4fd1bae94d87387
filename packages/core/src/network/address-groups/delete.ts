import { isForeignKeyViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { lockAddressGroup } from './row.ts'

const inUse = (name: string, rules: number) =>
  conflict(
    `${rules === 1 ? 'A rule' : `${rules} rules`} of security groups ${rules === 1 ? 'names' : 'name'} the address group ${name}.`,
    { remedy: 'Remove these rules first.', detail: { rules } },
  )

/** Deletes an address group that no rule names. @throws NephosError not_found, conflict while rules name it */
export const deleteAddressGroup = defineVerb({
  name: 'network.addressGroups.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    try {
      return await mutate(ctx, async (tx) => {
        const group = await lockAddressGroup(ctx, tx, id)
        if (group.ruleCount > 0) throw inUse(group.name, group.ruleCount)
        await tx.db.addressGroup.delete({ where: { id } })
        tx.audit({
          verb: 'network.addressGroups.delete',
          resourceType: 'address-group',
          resourceId: id,
          resourceName: group.name,
          projectId: group.projectId,
        })
        tx.event({
          noun: 'address_group',
          change: 'deleted',
          id,
          audience: { kind: 'project', projectId: group.projectId },
          data: null,
        })
        await returnQuota(tx.db, group.projectId, { address_groups: 1 })
        return { id }
      })
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error
      throw conflict('A rule named the address group at the same moment.', { cause: error })
    }
  },
})
