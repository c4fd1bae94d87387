import type { Filter } from './filter.ts'

/** The host has the other members of an affinity group, if the group has any yet. */
export const serverGroupAffinityFilter: Filter = {
  name: 'server-group-affinity',
  noun: 'hosts of the server group',
  prepare: ({ group }) => {
    if (group?.policy !== 'affinity' || group.members.size === 0) return null
    const { members } = group
    return {
      need: 'the host of its group',
      passes: ({ id }) => members.has(id),
      have: ({ id }) => `${members.get(id) ?? 0} members`,
      reason: () => 'the other members of its server group are elsewhere',
    }
  },
}
