import { defineVerb } from '../../kernel/index.ts'
import { changeAddresses, changeAddressesInput } from './change-addresses.ts'
import type { AddressGroupRow } from './row.ts'

/**
 * Takes addresses out of a group; connections that are not allowed any more are cut.
 * @throws NephosError not_found for the group or for an address that is not in it
 */
export const removeGroupAddresses = defineVerb({
  name: 'network.addressGroups.removeAddresses',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: changeAddressesInput,
  run: (call): Promise<AddressGroupRow> => changeAddresses(call, 'remove'),
})
