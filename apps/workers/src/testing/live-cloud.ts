import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { createServices, type OpenServices } from '@nephos/core'
import { createTestCloud, type TestCloud } from '@nephos/core/testing'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { SimulatedDriver } from '../compute/drivers/simulated/driver.ts'
import { startComputeWorker } from '../compute/worker.ts'
import type { RunningRole } from '../role.ts'
import { startSchedulerWorker } from '../scheduler/worker.ts'
import { NetworkStandIn } from './network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from './tenant.ts'

/** A cloud of one host that really works: PostgreSQL, NATS, scheduler and compute worker, simulated machines. */
export interface LiveCloud {
  cloud: TestCloud
  nats: TestNats
  services: OpenServices
  tenant: WorkerTenant
  network: NetworkStandIn
  /** The driver of the worker that runs now. */
  driver: () => SimulatedDriver
  instancesDir: string
  hostName: string
  /** Ends the compute worker, as SIGTERM does; the machines stay. */
  stopCompute: () => Promise<void>
  startCompute: () => Promise<void>
  close: () => Promise<void>
}

/** Starts a {@link LiveCloud}. @param settings that differ from the defaults */
export async function startLiveCloud(settings: Partial<NephosConfig> = {}): Promise<LiveCloud> {
  const hostName = 'host1'
  const instancesDir = await mkdtemp(join(tmpdir(), 'nephos-live-'))
  const [cloud, nats] = await Promise.all([createTestCloud({ config: settings }), startTestNats()])
  const config = { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: nats.url, hostName }
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
  const services = createServices({ config, processName: 'test', host: hostName, log })
  await services.queue.bus.ready(AbortSignal.timeout(20_000))
  // Verbs are called by the test, in this process: what they enqueue goes to NATS.
  cloud.services.relay = services.relay
  cloud.services.ask = services.ask
  cloud.services.announce = services.announce
  const network = new NetworkStandIn()
  services.queue.serve({ role: 'network', host: hostName, handlers: network.handlers })

  let driver: SimulatedDriver
  let compute: RunningRole | undefined
  let queue: OpenServices | undefined
  const startCompute = async () => {
    driver = new SimulatedDriver({
      instancesDir,
      vcpus: 10_000,
      ramMib: 10_000_000,
      diskGib: 100_000,
      consoleLogBytes: 65_536,
      bootMs: 50,
    })
    // Like a process of its own: a consumer cannot be opened again on a queue that was closed.
    queue = createServices({ config, processName: 'compute', host: hostName, log })
    compute = await startComputeWorker({ services: queue, hostName }, driver)
  }
  const stopCompute = async () => {
    await compute?.stop()
    compute = undefined
    await queue?.close()
    queue = undefined
  }
  const scheduler = await startSchedulerWorker({ services, hostName })
  await startCompute()
  return {
    cloud,
    nats,
    services,
    network,
    instancesDir,
    hostName,
    tenant: await makeWorkerTenant(cloud),
    driver: () => driver,
    startCompute,
    stopCompute,
    close: async () => {
      await scheduler.stop()
      await stopCompute()
      await services.close()
      await cloud.close()
      await nats.stop()
      await rm(instancesDir, { recursive: true, force: true })
    },
  }
}

/** Waits until `check` returns something other than null, undefined or false. */
export async function eventually<T>(
  check: () => Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await check()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
