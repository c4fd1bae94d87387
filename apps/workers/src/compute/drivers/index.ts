import { type NephosConfig, statePaths } from '@nephos/config'
import { NephosError } from '@nephos/core/errors'
import type { ComputeDriver } from '../driver.ts'
import { type ComputeDetection, detectCompute } from './qemu/detect.ts'
import { QemuDriver, type QemuDriverOptions } from './qemu/driver.ts'
import { SimulatedDriver } from './simulated/driver.ts'

/** What is needed of the configuration to look at the machine. */
export type ComputeDetectionConfig = Pick<
  NephosConfig,
  'home' | 'hostName' | 'computeDriver' | 'accelerator' | 'qemuUser'
>

/** What this machine can do for instances, under this configuration. */
export const detectComputeFor = (config: ComputeDetectionConfig): Promise<ComputeDetection> =>
  detectCompute({
    computeDriver: config.computeDriver,
    accelerator: config.accelerator,
    qemuUser: config.qemuUser,
    stateDir: config.home,
    guestDir: statePaths(config).guest,
  })

/**
 * The hypervisor of this host. Call `onEvent`, then `adopt`, before anything else.
 * @throws NephosError unsupported when the driver that was asked for does not work here; driver_failed
 */
export async function createComputeDriver(
  config: NephosConfig,
  log: QemuDriverOptions['log'],
): Promise<ComputeDriver> {
  const detection = await detectComputeFor(config)
  const reason = detection.reasons.join(' ')
  if (!detection.usable)
    throw new NephosError('unsupported', `The compute driver qemu does not work here: ${reason}`, {
      field: 'compute_driver',
      remedy: `${detection.unlock.join(' ')} Or set NEPHOS_COMPUTE_DRIVER=auto.`,
    })
  log.info({ ...detection }, 'compute driver chosen')
  const paths = statePaths(config)
  if (detection.driver === 'simulated' || detection.accelerator === null)
    return new SimulatedDriver({
      instancesDir: paths.instances(),
      hostName: config.hostName,
      disksDir: config.instancesDirectory,
      vcpus: config.simulatedVcpus,
      ramMib: config.simulatedRamMib,
      diskGib: config.simulatedDiskGib,
      consoleLogBytes: config.consoleLogBytes,
      onError: (err) => log.warn({ err }, 'a simulated machine failed'),
    })
  return QemuDriver.open({
    instancesDir: paths.instances(),
    cacheDir: paths.imageCache(),
    imageCacheBytes: config.imageCacheGib * 2 ** 30,
    hostName: config.hostName,
    disksDir: config.instancesDirectory,
    qemuUser: config.qemuUser,
    accelerator: detection.accelerator,
    acceleratorReason: detection.reasons.at(-1),
    consoleLogBytes: config.consoleLogBytes,
    log,
  })
}
