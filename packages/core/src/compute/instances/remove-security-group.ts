import { defineVerb } from '../../kernel/index.ts'
import {
  changeInstanceGroups,
  type InstanceGroupsChanged,
  instanceGroupInput,
} from './change-security-groups.ts'

/**
 * Takes all ports of an instance out of a group; connections that are not allowed any more are cut.
 * @throws NephosError not_found for the instance, or when it is not in the group
 */
export const removeInstanceSecurityGroup = defineVerb({
  name: 'compute.instances.removeSecurityGroup',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: instanceGroupInput,
  run: (call): Promise<InstanceGroupsChanged> => changeInstanceGroups(call, 'remove'),
})
