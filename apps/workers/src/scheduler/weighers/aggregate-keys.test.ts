import { aggregateKeys } from '@nephos/core/aggregate-keys'
import { expect, test } from 'vitest'
import { weighers } from './index.ts'

test('every multiplier that an aggregate may set is among the keys that people are offered', () => {
  const offered = Object.keys(aggregateKeys).filter((key) => key.endsWith('_weight_multiplier'))
  expect(offered.toSorted()).toEqual(weighers.map(({ override }) => override).toSorted())
})
