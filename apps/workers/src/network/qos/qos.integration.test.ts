import { networkVerbs } from '@nephos/core'
import { createTestCloud, eventsIn, makeTenant, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LinuxNetworkDriver } from '../drivers/linux/driver.ts'
import { HostNetwork } from '../host-network.ts'
import { type FakeGuest, plugGuest } from '../testing/fake-guest.ts'
import { canMakeNetworks, commandIn, makeTestHost, type TestHost } from '../testing/linux-host.ts'
import { measure } from '../testing/throughput.ts'
import { QosListener } from './listen.ts'

const { networks, ports, qosPolicies, qosRules } = networkVerbs
const soon = { timeout: 15_000 }

describe.skipIf(!canMakeNetworks())('QoS policies on a host', () => {
  let cloud: TestCloud
  let host: TestHost
  let driver: LinuxNetworkDriver
  let network: HostNetwork
  let listener: QosListener
  const guests: FakeGuest[] = []
  const problems: unknown[] = []
  beforeAll(async () => {
    ;[cloud, host] = await Promise.all([createTestCloud(), makeTestHost()])
  })
  beforeEach(async () => {
    driver = host.driver()
    await driver.open()
    network = new HostNetwork({ services: cloud.services, host: uniqueName('host'), driver })
    listener = new QosListener(network, (error) => problems.push(error))
  })
  afterEach(async () => {
    await listener.stop()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.close()
    expect(problems).toEqual([])
  })
  afterAll(async () => {
    await host?.close()
    await cloud?.close()
  })

  /** Does something, and lets the host hear of it as it would over the queue. */
  async function heard<Result>(work: () => Promise<Result>): Promise<Result> {
    const from = cloud.kicked.length
    const result = await work()
    for (const event of eventsIn(cloud.kicked.slice(from))) {
      listener.heard(event)
      if (event.noun === 'network') await network.refresh(event.id)
    }
    return result
  }

  test('limit both directions and mark what is sent, of running guests, at once', async () => {
    const { ctx } = await makeTenant(cloud)
    const kbps = 8_000
    const limit = (direction: 'ingress' | 'egress') => ({
      type: 'bandwidth_limit' as const,
      direction,
      maxKbps: kbps,
      maxBurstKbps: 200,
    })
    const policy = await qosPolicies.create({ ctx, input: { name: 'slow', rules: [limit('egress')] } })
    const made = await networks.create({
      ctx,
      input: { name: 'net', subnet: { cidr: '10.0.0.0/24' }, qosPolicyId: policy.id },
    })
    const open = await qosPolicies.create({ ctx, input: { name: 'none' } })
    const limited = await ports.create({ ctx, input: { networkId: made.id } })
    const free = await ports.create({ ctx, input: { networkId: made.id, qosPolicyId: open.id } })
    // Not filtered: this is about speed.
    for (const { id } of [limited, free]) {
      await ports.setSecurityGroups({ ctx, input: { id, securityGroupIds: [] } })
      await ports.update({ ctx, input: { id, portSecurity: false } })
    }
    for (const { id, macAddress } of [limited, free]) guests.push(await plugGuest(host.netns, id, macAddress))
    await network.wire([limited.id, free.id])
    const [slow, fast] = guests as [FakeGuest, FakeGuest]
    const addresses = [limited, free].map(({ fixedIps }) => fixedIps[0]!.ipAddress) as [string, string]
    for (const [index, guest] of [slow, fast].entries())
      await guest.exec('ip', 'address', 'add', `${addresses[index]}/24`, 'dev', 'eth0')
    expect(await slow.reaches(addresses[1])).toBe(true)

    const rate = kbps * 125
    const within = (measured: number) => {
      expect(measured).toBeGreaterThan(rate * 0.85)
      expect(measured).toBeLessThan(rate * 1.15)
    }
    const sent = () => measure(slow, fast, addresses[1])
    const received = () => measure(fast, slow, addresses[0])
    within(await sent())
    expect(await received()).toBeGreaterThan(rate * 3)
    const wired = () => network.port(made.id, limited.id)
    await heard(() => qosRules.create({ ctx, input: { policyId: policy.id, ...limit('ingress') } }))
    await expect.poll(() => wired()?.limits?.inbound?.bytesPerSecond, soon).toBe(rate)
    await expect.poll(() => commandIn(host.netns, 'tc', 'qdisc', 'show'), soon).toMatch(/htb 1: dev tap/)
    within(await received())

    // The port's own policy is in place of the network's, and the other way round when it goes.
    await heard(() => ports.update({ ctx, input: { id: limited.id, qosPolicyId: open.id } }))
    await expect.poll(() => wired()?.limits, soon).toBeNull()
    await expect.poll(() => commandIn(host.netns, 'tc', 'qdisc', 'show'), soon).not.toContain('htb')
    await heard(() => ports.update({ ctx, input: { id: limited.id, qosPolicyId: null } }))
    await expect.poll(() => wired()?.limits?.outbound?.bytesPerSecond, soon).toBe(rate)
    await heard(() => networks.update({ ctx, input: { id: made.id, qosPolicyId: null } }))
    await expect.poll(() => wired()?.limits, soon).toBeNull()

    // What arrives marked is counted where it arrives.
    await fast.exec(
      'nft',
      'table inet t { chain in { type filter hook input priority 0; icmp type echo-request ip dscp 46 counter; }; }',
    )
    const arrivedMarked = async () => {
      await slow.exec('busybox', 'ping', '-c', '1', '-W', '2', addresses[1])
      return (await fast.exec('nft', 'list', 'table', 'inet', 't')).includes('packets 1 ')
    }
    expect(await arrivedMarked()).toBe(false)
    const mark = { policyId: open.id, type: 'dscp_marking' as const, dscpMark: 46 }
    await heard(() => ports.update({ ctx, input: { id: limited.id, qosPolicyId: open.id } }))
    const marked = await heard(() => qosRules.create({ ctx, input: mark }))
    await expect.poll(arrivedMarked, soon).toBe(true)

    // What a person took away comes back with the next look, and goes with the rule.
    commandIn(host.netns, 'nft', 'delete', 'table', 'bridge', 'nephos_dscp')
    await network.reconcile()
    const tables = () => commandIn(host.netns, 'nft', 'list', 'tables')
    expect(tables()).toContain('nephos_dscp')
    await heard(() => qosRules.delete({ ctx, input: { id: marked.rules[0]!.id } }))
    await expect.poll(tables, soon).not.toContain('nephos_dscp')
  }, 180_000)
})
