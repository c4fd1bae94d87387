import { expect, test } from 'vitest'
import { changedLimits, limitText, limitUnit, readLimit } from './limits.ts'

test('memory and storage are typed in GiB', () => {
  expect([limitUnit('ram'), limitUnit('image_bytes'), limitUnit('cores')]).toEqual(['GiB', 'GiB', null])
  expect(limitText('ram', 51_200)).toBe('50')
  expect(limitText('ram', 1536)).toBe('1.5')
  expect(limitText('image_bytes', 10 * 1024 ** 3)).toBe('10')
  expect(limitText('image_bytes', -1)).toBe('-1')
  expect(readLimit('ram', '1,5').limit).toBe(1536)
})

test.each([
  ['cores', '1.5', /whole number/],
  ['cores', '-2', /0 or more/],
  ['cores', 'many', /is a number/],
])('%s %s is refused', (resource, text, problem) => {
  expect(readLimit(resource, text).problem).toMatch(problem)
})

test('only what was changed is sent; an empty field returns to the default', () => {
  const current = [
    { resource: 'cores', limit: 20 },
    { resource: 'ram', limit: 51_200 },
    { resource: 'ports', limit: 500 },
  ]
  expect(changedLimits(current, { cores: '20', ram: '', ports: '-1' })).toEqual({
    limits: { ram: null, ports: -1 },
    problems: {},
  })
  expect(changedLimits(current, { cores: 'x' })).toEqual({
    limits: {},
    problems: { cores: 'A limit is a number.' },
  })
})
