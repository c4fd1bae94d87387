import { defineVerb } from '../../kernel/index.ts'
import {
  changeInstanceGroups,
  type InstanceGroupsChanged,
  instanceGroupInput,
} from './change-security-groups.ts'

/**
 * Puts all ports of an instance that have port security into a group; it takes effect at once.
 * @throws NephosError not_found for the instance or a group of its project, conflict without such a port
 */
export const addInstanceSecurityGroup = defineVerb({
  name: 'compute.instances.addSecurityGroup',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: instanceGroupInput,
  run: (call): Promise<InstanceGroupsChanged> => changeInstanceGroups(call, 'add'),
})
