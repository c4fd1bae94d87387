import { afterAll, beforeAll, expect, test } from 'vitest'
import { findQuotaDrift } from '../../kernel/recount-quota.ts'
import { createTestCloud, eventsIn, makeTenant, type TestCloud } from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'

const { addressGroups, securityGroups, securityGroupRules } = networkVerbs
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

test('holds addresses in one form, each once, and says what changed', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const from = cloud.kicked.length
  const made = await addressGroups.create({
    ctx,
    input: { name: 'office', addresses: ['192.0.2.9/24', '192.0.2.0/24', '2001:DB8::1'] },
  })
  expect(made).toMatchObject({
    name: 'office',
    addresses: ['192.0.2.0/24', '2001:db8::1/128'],
    ruleCount: 0,
  })
  const { id } = made
  const add = (...addresses: string[]) => addressGroups.addAddresses({ ctx, input: { id, addresses } })
  const remove = (...addresses: string[]) => addressGroups.removeAddresses({ ctx, input: { id, addresses } })
  expect((await add('198.51.100.7')).addresses).toHaveLength(3)
  await expect(add('198.51.100.8', '198.51.100.7/32')).rejects.toMatchObject({
    code: 'conflict',
    detail: { addresses: ['198.51.100.7/32'] },
  })
  await expect(remove('192.0.2.0/24', '10.0.0.1')).rejects.toMatchObject({ code: 'not_found' })
  await expect(add('10.0.0.0/8', 'office')).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'addresses.1',
  })
  expect((await remove('192.0.2.77/24', '2001:db8::1')).addresses).toEqual(['198.51.100.7/32'])
  const many = Array.from({ length: 500 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
  await expect(add(...many)).rejects.toMatchObject({ code: 'conflict' })
  await addressGroups.update({ ctx, input: { id, name: 'home' } })
  await addressGroups.delete({ ctx, input: { id } })
  const events = eventsIn(cloud.kicked.slice(from))
  expect(events.map(({ noun, change }) => `${noun} ${change}`)).toEqual([
    'address_group created',
    'address_group updated',
    'address_group updated',
    'address_group updated',
    'address_group deleted',
  ])
  expect(events[1]).toMatchObject({
    audience: { kind: 'project', projectId: project.id },
    data: { addresses: ['192.0.2.0/24', '198.51.100.7/32', '2001:db8::1/128'] },
  })
  expect(await cloud.db.audit.count({ where: { resourceId: id } })).toBe(5)
})

test('is the other side of rules of its project, which hold it', async () => {
  const [mine, theirs] = [await makeTenant(cloud), await makeTenant(cloud)]
  const make = ({ ctx }: typeof mine) => addressGroups.create({ ctx, input: { name: 'office' } })
  const [office, foreign] = [await make(mine), await make(theirs)]
  const { ctx } = mine
  const group = await securityGroups.create({ ctx, input: { name: 'web' } })
  const rule = (fields: { remoteAddressGroupId: string; remoteIpPrefix?: string }) =>
    securityGroupRules.create({
      ctx,
      input: { securityGroupId: group.id, direction: 'ingress', ...fields },
    })
  await expect(rule({ remoteAddressGroupId: foreign.id })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'remoteAddressGroupId',
  })
  await expect(rule({ remoteAddressGroupId: office.id, remoteIpPrefix: '10.0.0.0/8' })).rejects.toMatchObject(
    { code: 'invalid_input', field: 'remoteAddressGroupId' },
  )
  const made = await rule({ remoteAddressGroupId: office.id })
  expect(made).toMatchObject({ remoteAddressGroupName: 'office', remoteIpPrefix: null })
  await expect(rule({ remoteAddressGroupId: office.id })).rejects.toMatchObject({
    code: 'conflict',
    detail: { ruleId: made.id },
  })
  expect(await addressGroups.show({ ctx, input: { id: office.id } })).toMatchObject({
    ruleCount: 1,
    usedBy: [{ id: made.id, groupName: 'web' }],
  })
  const remove = () => addressGroups.delete({ ctx, input: { id: office.id } })
  await expect(remove()).rejects.toMatchObject({ code: 'conflict', detail: { rules: 1 } })
  await securityGroups.delete({ ctx, input: { id: group.id } })
  await remove()
})

test('are as many as the quota says, however many are made at once', async () => {
  const { ctx, project } = await makeTenant(cloud)
  await cloud.db.quotaLimit.create({
    data: { projectId: project.id, resource: 'address_groups', limit: 2 },
  })
  const made = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((name) => addressGroups.create({ ctx, input: { name } })),
  )
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  const drifts = (await findQuotaDrift(cloud.db)).filter(({ scopeId }) => scopeId === project.id)
  expect(drifts).toEqual([])
  const listed = await addressGroups.list({ ctx, input: { search: 'a' } })
  expect(listed.items.length).toBeLessThanOrEqual(1)
})
