import { tapName } from '@nephos/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeGuest, startGuests } from '../../testing/fake-guest.ts'
import { canMakeNetworks, command, makeTestHost, type TestHost } from '../../testing/linux-host.ts'
import { network, port, withPorts } from '../../testing/specs.ts'
import { measure } from '../../testing/throughput.ts'
import type { LinuxNetworkDriver } from './driver.ts'
import { shaperName } from './shaper-name.ts'

describe.skipIf(!canMakeNetworks())('rates of interfaces', () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []
  beforeAll(async () => {
    host = await makeTestHost()
  })
  beforeEach(async () => {
    driver = host.driver()
    await driver.open()
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    await driver.close()
  })
  afterAll(async () => host?.close())

  const links = () => command('ip', '-n', host.netns, '-br', 'link')
  const rate = 500_000
  const within = (measured: number) => {
    expect(measured).toBeGreaterThan(rate * 0.85)
    expect(measured).toBeLessThan(rate * 1.15)
  }

  test('hold in both directions, follow changes, and go with the port', async () => {
    const base = network(31)
    const limits = {
      inbound: { bytesPerSecond: rate, burstBytes: null },
      outbound: { bytesPerSecond: rate, burstBytes: null },
    }
    const spec = withPorts(base, [port(base, 21, { limits }), port(base, 22)])
    const [limited, free] = await startGuests(driver, host, spec, guests)
    expect(await limited!.dhcp()).not.toBeNull()
    expect(await free!.dhcp()).not.toBeNull()
    within(await measure(free!, limited!, '10.0.0.21'))
    within(await measure(limited!, free!, '10.0.0.22'))

    const tap = tapName(spec.ports[0]!.portId)
    expect(links()).toContain(shaperName(tap))
    // What somebody takes away comes back; a new worker finds everything.
    command('tc', '-n', host.netns, 'qdisc', 'del', 'dev', tap, 'root')
    await driver.close()
    driver = host.driver()
    await driver.open()
    await driver.reconcile([spec])
    expect(command('tc', '-n', host.netns, 'class', 'show', 'dev', tap)).toContain('rate 4Mbit')

    const [first, second] = spec.ports
    await driver.reconcile([{ ...spec, ports: [{ ...first!, limits: null }, second!] }])
    expect(links()).not.toContain(shaperName(tap))
    expect(await measure(limited!, free!, '10.0.0.22')).toBeGreaterThan(rate * 4)

    await driver.ensurePort(first!, spec.mtu)
    expect(links()).toContain(shaperName(tap))
    await driver.removePort(first!.portId)
    expect(links()).not.toContain(shaperName(tap))
  }, 90_000)
})
