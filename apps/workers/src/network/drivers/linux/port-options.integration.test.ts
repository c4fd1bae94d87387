import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeGuest, startGuests } from '../../testing/fake-guest.ts'
import { canMakeNetworks, makeTestHost, type TestHost } from '../../testing/linux-host.ts'
import { network, port, withPorts } from '../../testing/specs.ts'
import type { LinuxNetworkDriver } from './driver.ts'

describe.skipIf(!canMakeNetworks())('extra DHCP options', () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []
  beforeAll(async () => {
    host = await makeTestHost()
    driver = host.driver()
    await driver.open()
  })
  afterAll(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await driver?.close()
    await host?.close()
  })

  test('are told to their port alone, come before what the subnet says, and follow changes', async () => {
    const base = network(41)
    const plain = withPorts(base, [port(base, 21), port(base, 22)])
    const [special, other] = plain.leases as [(typeof plain.leases)[0], (typeof plain.leases)[0]]
    const options = [
      { name: 'mtu', value: '1300' },
      { name: 'dns-server', value: '192.0.2.7,192.0.2.8' },
      { name: 'ntp-server', value: '192.0.2.9' },
      { name: 'tftp-server', value: 'boot.example' },
      { name: 'root-path', value: 'here, or not # really' },
      { name: 'bootfile-name', value: 'pxelinux.0' },
      { name: 'server-ip-address', value: '192.0.2.10' },
      { name: '224', value: 'for us' },
    ]
    const spec = { ...plain, leases: [{ ...special, options }, other] }
    const [first, second] = await startGuests(driver, host, spec, guests)
    const ask = (guest: FakeGuest) => guest.dhcp(['ntpsrv', 'tftp', 'rootpath', 'bootfile', '224'])
    expect(await ask(first!)).toMatchObject({
      ip: '10.0.0.21',
      hostname: 'guest-1',
      mtu: '1300',
      dns: '192.0.2.7 192.0.2.8',
      ntpsrv: '192.0.2.9',
      tftp: 'boot.example',
      rootpath: 'here, or not # really',
      bootfile: 'pxelinux.0',
      siaddr: '192.0.2.10',
      opt224: Buffer.from('for us').toString('hex'),
    })
    const plainly = { mtu: '1450', dns: '192.0.2.53 192.0.2.54' }
    const lease = await ask(second!)
    expect(lease).toMatchObject(plainly)
    expect(lease).not.toHaveProperty('ntpsrv')
    await driver.ensureNetwork({ ...spec, leases: [special, other] })
    await expect.poll(() => ask(first!), { timeout: 20_000 }).toMatchObject(plainly)
  }, 90_000)
})
