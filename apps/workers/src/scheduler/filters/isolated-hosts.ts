import type { Filter } from './filter.ts'

/** Isolated images (`scheduler_isolated_images`) run on isolated hosts, and nothing else does. */
export const isolatedHostsFilter: Filter = {
  name: 'isolated-hosts',
  noun: 'hosts that are isolated as the image is',
  prepare: ({ imageId }, { isolatedHosts, isolatedImages }) => {
    if (isolatedHosts.length === 0) return null
    const isolated = imageId !== null && isolatedImages.includes(imageId)
    const word = (yes: boolean) => (yes ? 'isolated' : 'not isolated')
    return {
      need: word(isolated),
      passes: ({ name }) => isolatedHosts.includes(name) === isolated,
      have: ({ name }) => word(isolatedHosts.includes(name)),
      reason: ({ name }) => `${word(isolatedHosts.includes(name))}, the image is ${word(isolated)}`,
    }
  },
}
