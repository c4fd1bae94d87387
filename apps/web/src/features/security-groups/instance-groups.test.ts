import { expect, test } from 'vitest'
import { instanceGroups, joinReason } from './instance-groups.ts'

const [web, db] = [
  { id: 'g1', name: 'web' },
  { id: 'g2', name: 'db' },
]
const port = (portSecurity: boolean, ...securityGroups: { id: string; name: string }[]) => ({
  portSecurity,
  securityGroups,
})

test('counts the interfaces of each group, of those that can be in one', () => {
  expect(instanceGroups([port(true, web, db), port(true, web), port(false)])).toEqual([
    { ...db, ports: 1, of: 2 },
    { ...web, ports: 2, of: 2 },
  ])
  expect(instanceGroups([])).toEqual([])
})

test('says why an instance cannot join a group', () => {
  expect(joinReason([port(false), port(true)])).toBeNull()
  expect(joinReason([])).toContain('no interface')
  expect(joinReason([port(false)])).toContain('Port security is off')
})
