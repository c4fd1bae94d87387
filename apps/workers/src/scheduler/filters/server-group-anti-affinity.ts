import type { Filter } from './filter.ts'

/** The host has fewer members of an anti-affinity group than it may have. */
export const serverGroupAntiAffinityFilter: Filter = {
  name: 'server-group-anti-affinity',
  noun: 'hosts without a member of the server group',
  prepare: ({ group }) => {
    if (group?.policy !== 'anti-affinity' || group.members.size === 0) return null
    const { members, maxPerHost } = group
    return {
      need: `fewer than ${maxPerHost} members`,
      passes: ({ id }) => (members.get(id) ?? 0) < maxPerHost,
      have: ({ id }) => members.get(id) ?? 0,
      reason: ({ id }) => `has ${members.get(id) ?? 0} members of its server group, ${maxPerHost} allowed`,
    }
  },
}
