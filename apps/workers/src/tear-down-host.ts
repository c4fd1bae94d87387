import type { NephosConfig } from '@nephos/config'
import { createComputeDriver } from './compute/drivers/index.ts'
import type { QemuDriverOptions } from './compute/drivers/qemu/driver.ts'
import { destroyHostNetwork } from './network/drivers/index.ts'
import { endVolumeServers } from './volume/drivers/of-host.ts'

/** What {@link tearDownHost} ended and removed. */
export interface TeardownReport {
  machines: number
  networks: number
}

/** Whoever takes a whole host down does not want to wait as long as for one guest. */
const longestShutdownSeconds = 20

/**
 * Ends the machines of this host and removes its networks: taps, bridges, daemons, namespaces. The workers must be
 * down; neither database nor queue is needed. Doing it again changes nothing.
 * @param destroy also removes the machines and their disks; without it they can be started again
 * @throws NephosError unsupported or driver_failed
 */
export async function tearDownHost(
  config: NephosConfig,
  log: QemuDriverOptions['log'],
  { destroy }: { destroy: boolean },
): Promise<TeardownReport> {
  const driver = await createComputeDriver(config, log)
  try {
    const machines = await driver.adopt()
    const running = machines.filter(({ powerState }) => powerState === 1 || powerState === 3)
    const timeoutMs = destroy ? 0 : Math.min(config.shutdownTimeout, longestShutdownSeconds) * 1_000
    await Promise.all(running.map(({ instanceId }) => driver.stop(instanceId, { timeoutMs })))
    if (destroy) await Promise.all(machines.map(({ instanceId }) => driver.destroy(instanceId)))
    // After the machines, which write to volumes until they end.
    await endVolumeServers(config, log, { destroy })
    return { machines: running.length, networks: await destroyHostNetwork(config, log) }
  } finally {
    await driver.close()
  }
}
