import { expect, test } from 'vitest'
import { readRoutes, writeRoutes } from './routes-text.ts'

test('routes are typed one a line, and read as they were written', () => {
  const routes = [
    { destination: '10.9.0.0/16', nexthop: '10.0.0.9' },
    { destination: '0.0.0.0/0', nexthop: '10.0.0.8' },
  ]
  expect(readRoutes(writeRoutes(routes))).toEqual({ routes, problem: null })
  expect(readRoutes('\n  10.9.0.0/16 via 10.0.0.9  \n\n').routes).toEqual([routes[0]])
  expect(readRoutes('')).toEqual({ routes: [], problem: null })
})

test('the first line that is no route is named', () => {
  expect(readRoutes('10.9.0.0/16 10.0.0.9\n10.8.0.0/16').problem).toContain('Line 2')
  expect(readRoutes('a b c').problem).toContain('Line 1')
})
