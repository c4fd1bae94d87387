import { newId } from '@nephos/db'
import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate, requireProject, takeQuota } from '../../kernel/index.ts'
import { addressesField, planAddresses } from './addresses.ts'
import { type AddressGroupRow, announceAddressGroups } from './row.ts'

/** What `network.addressGroups.create` takes. */
export const createAddressGroupInput = z.object({
  name: displayName,
  description: description.default(''),
  addresses: addressesField.default([]),
})

/** Gives addresses one name, for rules of security groups. @throws NephosError invalid_input, quota_exceeded */
export const createAddressGroup = defineVerb({
  name: 'network.addressGroups.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createAddressGroupInput,
  run: ({ ctx, input: { addresses, ...fields } }): Promise<AddressGroupRow> => {
    const { id: projectId } = requireProject(ctx)
    const cidrs = planAddresses(addresses)
    return mutate(ctx, async (tx) => {
      const id = newId()
      await tx.db.addressGroup.create({
        data: {
          id,
          projectId,
          ...fields,
          addresses: { createMany: { data: cidrs.map((cidr) => ({ cidr })) } },
        },
      })
      tx.audit({
        verb: 'network.addressGroups.create',
        resourceType: 'address-group',
        resourceId: id,
        resourceName: fields.name,
        detail: { addresses: cidrs },
      })
      const [row] = await announceAddressGroups(tx, [id], 'created')
      await takeQuota(tx.db, projectId, { address_groups: 1 })
      return row!
    })
  },
})
