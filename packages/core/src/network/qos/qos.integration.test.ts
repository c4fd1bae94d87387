import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'

const { qosPolicies, qosRules, networks, ports } = networkVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud?.close())

const subnet = { cidr: '10.0.0.0/24' }
const limit = { type: 'bandwidth_limit' as const, direction: 'ingress' as const, maxKbps: 8000 }

test('a policy with its rules: made, changed, announced, and deleted when nothing has it', async () => {
  const { ctx } = await makeTenant(cloud)
  const from = cloud.kicked.length
  const policy = await qosPolicies.create({ ctx, input: { name: 'slow', rules: [limit] } })
  expect(policy).toMatchObject({
    name: 'slow',
    isDefault: false,
    rules: [{ maxKbps: 8000, maxBurstKbps: 0 }],
  })
  const marked = await qosRules.create({
    ctx,
    input: { policyId: policy.id, type: 'dscp_marking', dscpMark: 46 },
  })
  expect(marked.rules.map(({ type }) => type)).toEqual(['bandwidth_limit', 'dscp_marking'])
  expect(marked.generation).toBeGreaterThan(policy.generation)
  await expect(qosRules.create({ ctx, input: { policyId: policy.id, ...limit } })).rejects.toMatchObject({
    code: 'conflict',
  })
  const [rule] = policy.rules
  await expect(qosRules.update({ ctx, input: { id: rule!.id, dscpMark: 8 } })).rejects.toMatchObject({
    field: 'dscpMark',
  })
  const changed = await qosRules.update({ ctx, input: { id: rule!.id, maxKbps: 9000 } })
  expect(changed.rules[0]).toMatchObject({ maxKbps: 9000, maxBurstKbps: 0 })
  expect((await qosRules.delete({ ctx, input: { id: rule!.id } })).rules).toHaveLength(1)
  const said = eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'qos_policy')
  expect(said.map(({ change }) => change)).toEqual(['created', 'updated', 'updated', 'updated'])
  expect(said.at(-1)!.data).toMatchObject({ id: policy.id, rules: [{ dscpMark: 46 }] })

  const network = await networks.create({ ctx, input: { name: 'net', subnet, qosPolicyId: policy.id } })
  expect(network.qosPolicyId).toBe(policy.id)
  const port = await ports.create({ ctx, input: { networkId: network.id, qosPolicyId: policy.id } })
  await ports.create({ ctx, input: { networkId: network.id } })
  const detail = await qosPolicies.show({ ctx, input: { id: policy.id } })
  expect(detail.networks).toEqual([{ id: network.id, name: 'net', portCount: 1 }])
  expect(detail.ports).toMatchObject([{ portId: port.id, networkName: 'net' }])
  const remove = () => qosPolicies.delete({ ctx, input: { id: policy.id } })
  await expect(remove()).rejects.toMatchObject({
    code: 'conflict',
    message: 'The QoS policy slow is in use by 1 network and 1 port.',
  })
  await networks.update({ ctx, input: { id: network.id, qosPolicyId: null } })
  expect((await ports.update({ ctx, input: { id: port.id, qosPolicyId: null } })).qosPolicyId).toBeNull()
  await remove()
  expect((await qosPolicies.list({ ctx, input: {} })).items).toEqual([])
})

test('new networks get the default policy of their project, of which there is one', async () => {
  const { ctx } = await makeTenant(cloud)
  const create = (name: string) => qosPolicies.create({ ctx, input: { name, isDefault: true } })
  const [first, second] = [await create('first'), await create('second')]
  const { items } = await qosPolicies.list({ ctx, input: {} })
  expect(items.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['first', false],
    ['second', true],
  ])
  const policyOf = async (input: object) =>
    (await networks.create({ ctx, input: { name: 'net', ...input } })).qosPolicyId
  expect(await policyOf({})).toBe(second.id)
  expect(await policyOf({ qosPolicyId: null })).toBeNull()
  expect(await policyOf({ qosPolicyId: first.id })).toBe(first.id)
  await qosPolicies.update({ ctx, input: { id: second.id, isDefault: false } })
  expect(await policyOf({})).toBeNull()
})

test('sharing is an administrator’s, and ends only when others have let go', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const { ctx: stranger } = await makeTenant(cloud)
  await expect(qosPolicies.create({ ctx, input: { name: 'all', shared: true } })).rejects.toMatchObject({
    code: 'forbidden',
    field: 'shared',
  })
  const policy = await qosPolicies.create({ ctx, input: { name: 'all', rules: [limit] } })
  const use = () => networks.create({ ctx: stranger, input: { name: 'net', subnet, qosPolicyId: policy.id } })
  await expect(use()).rejects.toMatchObject({ code: 'invalid_input', field: 'qosPolicyId' })
  const share = (shared: boolean) => qosPolicies.update({ ctx: admin, input: { id: policy.id, shared } })
  await share(true)
  const network = await use()
  await expect(
    qosRules.update({ ctx: stranger, input: { id: policy.rules[0]!.id, maxKbps: 1000 } }),
  ).rejects.toMatchObject({ code: 'forbidden' })
  expect((await qosPolicies.show({ ctx, input: { id: policy.id } })).networks).toEqual([])
  await expect(share(false)).rejects.toMatchObject({ code: 'conflict', field: 'shared' })
  await networks.update({ ctx: stranger, input: { id: network.id, qosPolicyId: null } })
  const from = cloud.kicked.length
  await share(false)
  expect(eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'qos_policy')).toMatchObject([
    { change: 'deleted', audience: { kind: 'everyone' } },
    { change: 'updated', audience: { kind: 'project', projectId: project.id } },
  ])
})

test('who uses a network that its owner limits does not choose another limit', async () => {
  const { ctx: owner } = await makeTenant(cloud)
  const { ctx } = await makeTenant(cloud)
  const theirs = await qosPolicies.create({ ctx: owner, input: { name: 'theirs', rules: [limit] } })
  const mine = await qosPolicies.create({ ctx, input: { name: 'mine' } })
  const network = await networks.create({
    ctx: owner,
    input: { name: 'net', subnet, qosPolicyId: theirs.id },
  })
  await networks.update({ ctx: admin, input: { id: network.id, shared: true } })
  const input = { networkId: network.id, qosPolicyId: mine.id }
  await expect(ports.create({ ctx, input })).rejects.toMatchObject({
    code: 'forbidden',
    field: 'qosPolicyId',
  })
  const port = await ports.create({ ctx, input: { networkId: network.id } })
  await expect(ports.update({ ctx, input: { id: port.id, qosPolicyId: mine.id } })).rejects.toMatchObject({
    code: 'forbidden',
    field: 'qosPolicyId',
  })
})

// Last: from here on the cloud has a host.
test('where no host can limit, no rule is taken on; where one cannot, that is said', async () => {
  const { ctx } = await makeTenant(cloud)
  const host = await makeHost(cloud, { facts: { network: { noRateLimits: 'No sch_htb.' } } })
  const create = () => qosPolicies.create({ ctx, input: { name: 'slow', rules: [limit] } })
  await expect(create()).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('No sch_htb.'),
  })
  const able = await makeHost(cloud, {})
  const { id } = await create()
  const show = (by: Ctx) => qosPolicies.show({ ctx: by, input: { id } })
  expect((await show(ctx)).notApplied).toEqual([{ name: null, reason: 'No sch_htb.' }])
  expect((await show(admin)).notApplied).toEqual([{ name: host.name, reason: 'No sch_htb.' }])
  await cloud.db.host.deleteMany({ where: { id: { in: [host.id, able.id] } } })
})
