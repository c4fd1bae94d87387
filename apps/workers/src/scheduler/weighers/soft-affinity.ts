import type { Weigher } from './weigher.ts'

/** More members of the instance's soft-affinity group. */
export const softAffinityWeigher: Weigher = {
  name: 'soft-affinity',
  override: 'soft_affinity_weight_multiplier',
  prepare: ({ group }) =>
    group?.policy === 'soft-affinity' && group.members.size > 0
      ? ({ id }) => group.members.get(id) ?? 0
      : null,
}
