import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { type AddressGroupRow, announceAddressGroups, lockAddressGroup } from './row.ts'

/** Renames or describes an address group. @throws NephosError not_found */
export const updateAddressGroup = defineVerb({
  name: 'network.addressGroups.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField, name: displayName.optional(), description: description.optional() }),
  run: ({ ctx, input: { id, ...changes } }): Promise<AddressGroupRow> =>
    mutate(ctx, async (tx) => {
      const before = await lockAddressGroup(ctx, tx, id)
      await tx.db.addressGroup.updateMany({ where: { id }, data: changes })
      tx.audit({
        verb: 'network.addressGroups.update',
        resourceType: 'address-group',
        resourceId: id,
        resourceName: changes.name ?? before.name,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify(changes)),
      })
      const [row] = await announceAddressGroups(tx, [id])
      return row!
    }),
})
