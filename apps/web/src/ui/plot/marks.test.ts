import { expect, test } from 'vitest'
import { dotsOf } from './marks.tsx'

test('dots lie beside each other where their lines are close, and never far from them', () => {
  expect(dotsOf([])).toEqual([])
  expect(dotsOf([300, 200])).toEqual([300, 200])
  expect(dotsOf([300, 299, 298, 200])).toEqual([300, 288, 276, 200])
  const many = dotsOf([300, 300, 300, 300, 300, 300, 300])
  expect(many.slice(0, 5)).toEqual([300, 288, 276, 264, 252])
  expect(Math.min(...many)).toBe(252)
})
