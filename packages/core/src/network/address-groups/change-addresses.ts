import { z } from 'zod'
import { type Ctx, conflict, mutate, NephosError } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { addressesField, mostAddresses, planAddresses } from './addresses.ts'
import { type AddressGroupRow, announceAddressGroups, lockAddressGroup } from './row.ts'

/** An address group, and addresses to put into it or to take out. */
export const changeAddressesInput = z.object({
  id: idField,
  addresses: addressesField.min(1, 'Name at least one address.'),
})

/**
 * Puts addresses into a group or takes them out, all or none. Hosts apply it at once.
 * @throws NephosError not_found, also for an address to take out that is not in it; invalid_input; conflict for one to
 * put in that is in it, or when there would be too many
 */
export const changeAddresses = (
  { ctx, input }: { ctx: Ctx; input: z.output<typeof changeAddressesInput> },
  how: 'add' | 'remove',
): Promise<AddressGroupRow> => {
  const cidrs = planAddresses(input.addresses)
  return mutate(ctx, async (tx) => {
    const group = await lockAddressGroup(ctx, tx, input.id)
    const known = new Set(group.addresses)
    if (how === 'add') {
      const double = cidrs.filter((cidr) => known.has(cidr))
      if (double.length > 0)
        throw conflict(`The address group ${group.name} has ${double.join(', ')} already.`, {
          field: 'addresses',
          detail: { addresses: double },
        })
      if (known.size + cidrs.length > mostAddresses)
        throw conflict(`An address group has at most ${mostAddresses} addresses.`, { field: 'addresses' })
      await tx.db.addressGroupEntry.createMany({ data: cidrs.map((cidr) => ({ groupId: group.id, cidr })) })
    } else {
      const missing = cidrs.filter((cidr) => !known.has(cidr))
      if (missing.length > 0)
        throw new NephosError(
          'not_found',
          `The address group ${group.name} does not have ${missing.join(', ')}.`,
          { field: 'addresses', detail: { addresses: missing } },
        )
      await tx.db.addressGroupEntry.deleteMany({ where: { groupId: group.id, cidr: { in: cidrs } } })
    }
    tx.audit({
      verb: `network.addressGroups.${how}Addresses`,
      resourceType: 'address-group',
      resourceId: group.id,
      resourceName: group.name,
      projectId: group.projectId,
      detail: { addresses: cidrs },
    })
    const [row] = await announceAddressGroups(tx, [group.id])
    return row!
  })
}
