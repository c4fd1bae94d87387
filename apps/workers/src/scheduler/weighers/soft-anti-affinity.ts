import type { Weigher } from './weigher.ts'

/** Fewer members of the instance's soft-anti-affinity group. */
export const softAntiAffinityWeigher: Weigher = {
  name: 'soft-anti-affinity',
  override: 'soft_anti_affinity_weight_multiplier',
  prepare: ({ group }) =>
    group?.policy === 'soft-anti-affinity' && group.members.size > 0
      ? ({ id }) => -(group.members.get(id) ?? 0)
      : null,
}
