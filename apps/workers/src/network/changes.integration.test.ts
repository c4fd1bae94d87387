import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@nephos/config'
import { allocateInstancePorts, createServices, mutate, networkVerbs } from '@nephos/core'
import { createTestCloud, ctxFor, makeInstance, makeTenant, type TestCloud } from '@nephos/core/testing'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec } from './driver.ts'
import { SimulatedNetworkDriver } from './drivers/simulated/driver.ts'
import { startNetworkWorker } from './worker.ts'

let cloud: TestCloud
let nats: TestNats
beforeAll(async () => {
  ;[cloud, nats] = await Promise.all([createTestCloud(), startTestNats()])
})
afterAll(async () => {
  await cloud?.close()
  await nats?.stop()
})

/** Remembers what it was asked for last. */
class RememberingDriver extends SimulatedNetworkDriver {
  readonly networks = new Map<string, NetworkSpec>()
  readonly ports = new Map<string, PortSpec>()

  override async ensureNetwork(spec: NetworkSpec): Promise<void> {
    this.networks.set(spec.networkId, spec)
    await super.ensureNetwork(spec)
  }

  override async ensurePort(spec: PortSpec, mtu: number) {
    this.ports.set(spec.portId, spec)
    return super.ensurePort(spec, mtu)
  }
}

test('what is changed of a port, a subnet and a network reaches the host that has it, by events', async () => {
  const home = await mkdtemp(join(tmpdir(), 'nephos-changes-'))
  await chmod(home, 0o711)
  const hostName = 'host1'
  const config = loadConfig({
    env: {},
    cwd: home,
    overrides: {
      home,
      hostName,
      networkDriver: 'simulated',
      databaseUrl: cloud.databaseUrl,
      natsUrl: nats.url,
    },
  })
  const log = pino({ level: 'silent' })
  const control = createServices({ config, processName: 'control', log })
  const services = createServices({ config, processName: 'network-host1', log })
  const driver = new RememberingDriver({ directory: join(home, 'driver') })
  const worker = await startNetworkWorker({ services, hostName }, driver)
  try {
    const { user, project } = await makeTenant(cloud)
    const ctx = { ...ctxFor(cloud, { user, project }), ...control }
    const { networks, subnets, ports } = networkVerbs
    const network = await networks.create({ ctx, input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } } })
    const instance = await makeInstance(cloud, { projectId: project.id })
    const [port] = await mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId: project.id,
        ports: [{ instanceId: instance.id, networkId: network.id, deviceIndex: 0 }],
      }),
    )
    const id = port!.portId
    await expect
      .poll(() => control.ask(hostName, 'network.wire', { portIds: [id] }).catch(() => null), {
        timeout: 10_000,
      })
      .not.toBeNull()
    const wired = () => driver.ports.get(id)
    const spec = () => driver.networks.get(network.id)
    const soon = { timeout: 10_000 }

    await ports.update({ ctx, input: { id, fixedIps: [{ ipAddress: '10.0.0.77' }] } })
    await expect.poll(() => wired()?.ips, soon).toEqual(['10.0.0.77'])
    await expect.poll(() => spec()?.leases.map(({ ip }) => ip), soon).toEqual(['10.0.0.77'])

    await ports.update({ ctx, input: { id, adminStateUp: false } })
    await expect.poll(() => wired()?.adminStateUp, soon).toBe(false)
    await ports.update({ ctx, input: { id, adminStateUp: true } })
    await expect.poll(() => wired()?.adminStateUp, soon).toBe(true)

    const subnetId = network.subnets[0]!.id
    await subnets.update({ ctx, input: { id: subnetId, dnsServers: ['9.9.9.9'], enableDhcp: false } })
    await expect
      .poll(() => spec()?.subnets, soon)
      .toMatchObject([{ dnsServers: ['9.9.9.9'], enableDhcp: false, dhcpIp: null }])

    await networks.update({ ctx, input: { id: network.id, mtu: 1300, adminStateUp: false } })
    await expect.poll(() => [spec()?.mtu, wired()?.adminStateUp], soon).toEqual([1300, false])
  } finally {
    await worker.stop()
    await services.close()
    await control.close()
    await rm(home, { recursive: true, force: true })
  }
}, 60_000)
