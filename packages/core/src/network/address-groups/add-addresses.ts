import { defineVerb } from '../../kernel/index.ts'
import { changeAddresses, changeAddressesInput } from './change-addresses.ts'
import type { AddressGroupRow } from './row.ts'

/**
 * Puts addresses into a group: what its rules let through counts for them at once.
 * @throws NephosError not_found, invalid_input, conflict for one that is in it already
 */
export const addGroupAddresses = defineVerb({
  name: 'network.addressGroups.addAddresses',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: changeAddressesInput,
  run: (call): Promise<AddressGroupRow> => changeAddresses(call, 'add'),
})
