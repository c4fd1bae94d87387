import { expect, test } from 'vitest'
import { connectPlan, leadingOut, whyNotJoin } from './connect.ts'
import type { RouterRow } from './row.ts'

const subnet = (id: string, gatewayIp: string | null = '10.0.0.1') => ({ id, gatewayIp })
const network = (...subnets: ReturnType<typeof subnet>[]) =>
  ({ id: 'inside', name: 'lan', subnets }) as unknown as Parameters<typeof connectPlan>[0]
const external = { id: 'public', name: 'public' }
const router = (id: string, gateway: string | null, ...networks: string[]): RouterRow =>
  ({
    id,
    name: id,
    gateway: gateway && { networkId: gateway },
    interfaces: networks.map((networkId) => ({ networkId, fixedIps: [{ subnetId: `of ${networkId}` }] })),
  }) as unknown as RouterRow

test('a network without any router gets one of its own, on the subnets that have a gateway', () => {
  expect(connectPlan(network(subnet('a'), subnet('b', null)), external, [])).toMatchObject({
    do: 'router',
    name: 'lan-router',
    subnetIds: ['a'],
  })
})

test('the router that is there gets a gateway, before another one joins', () => {
  const routers = [router('far', 'public', 'other'), router('own', null, 'inside')]
  expect(connectPlan(network(subnet('a')), external, routers)).toMatchObject({
    do: 'gateway',
    router: { id: 'own' },
  })
})

test('a router that leads out already joins', () => {
  const routers = [router('elsewhere', 'dmz', 'other'), router('near', 'public', 'other')]
  expect(connectPlan(network(subnet('a')), external, routers)).toMatchObject({
    do: 'interfaces',
    router: { id: 'near' },
    subnetIds: ['a'],
  })
})

test('what is connected needs nothing', () => {
  const routers = [router('edge', 'public', 'inside')]
  expect(connectPlan(network(subnet('a')), external, routers)).toBeNull()
  expect(leadingOut(routers, 'inside')).toHaveLength(1)
  expect(leadingOut(routers, 'inside', 'dmz')).toHaveLength(0)
})

test('without a subnet or a gateway there is nothing that a router could be', () => {
  expect(whyNotJoin(network())).toContain('no subnet')
  expect(whyNotJoin(network(subnet('a', null)))).toContain('gateway')
  expect(whyNotJoin(network(subnet('a')))).toBeNull()
})
