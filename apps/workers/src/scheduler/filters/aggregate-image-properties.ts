import { aggregateValues, type HostState } from '../host-state.ts'
import type { PlacementRequest } from '../request.ts'
import type { Filter } from './filter.ts'

/** Metadata of aggregates that are properties of images, and not something else of the scheduler's. */
const isImageProperty = (key: string) => /^(hw|os|img)_/.test(key) || key === 'architecture'

function mismatch(host: HostState, { imageProperties }: PlacementRequest): string | null {
  for (const { metadata } of host.aggregates)
    for (const key of Object.keys(metadata)) {
      if (!isImageProperty(key)) continue
      const wanted = imageProperties[key]
      if (wanted === undefined || !aggregateValues(host, key).includes(wanted)) return key
    }
  return null
}

/** Where an aggregate is kept for images with some properties, the image has them. */
export const aggregateImagePropertiesFilter: Filter = {
  name: 'aggregate-image-properties',
  noun: 'hosts that are open to the image',
  prepare: (request, { aggregateKeys }) => {
    if (![...aggregateKeys].some(isImageProperty)) return null
    return {
      need: 'open to the image',
      passes: (host) => host.aggregates.length === 0 || mismatch(host, request) === null,
      have: (host) => {
        const key = mismatch(host, request)
        return key ? `kept for ${key} ${aggregateValues(host, key).join(' or ')}` : 'open to the image'
      },
      reason: (host) => `kept for images with another ${mismatch(host, request)}`,
    }
  },
}
