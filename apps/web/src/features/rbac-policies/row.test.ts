import { expect, test } from 'vitest'
import { sharedFor, targetName } from './row.ts'

test('names a project that the person knows, and every project', () => {
  const projects = [{ id: 'p1', name: 'shop' }]
  expect(targetName('p1', projects)).toBe('shop')
  expect(targetName('*', projects)).toBe('Every project')
  expect(targetName('p2', projects)).toBeNull()
})

test('says what a network is given for', () => {
  expect(sharedFor('access_as_shared')).toBe('instances and ports')
  expect(sharedFor('access_as_external')).toBe('gateways and floating IPs')
})
