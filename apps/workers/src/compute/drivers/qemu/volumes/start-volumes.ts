import type { MachineSpec } from '../../../driver.ts'
import { plainOptions } from '../machine-args.ts'
import type { QmpClient } from '../qmp-client.ts'
import { runStateOf } from '../saved-memory.ts'
import type { VolumePlace } from './credentials.ts'
import { plugVolume } from './plug-volume.ts'

/**
 * Whether a machine begins standing still, so that its volumes can be plugged in before its guest runs. On the command
 * line the secrets of their connections would be for everybody to read.
 */
export const startsStanding = ({ volumes = [], incoming = false }: MachineSpec): boolean =>
  volumes.length > 0 || incoming

/**
 * Plugs the volumes of a machine in that was just started, and lets its guest begin. Again, when it is asked again: who
 * started it may not have come that far.
 * @throws NephosError driver_failed when a volume cannot be reached
 */
export async function plugStarted(
  qmp: QmpClient,
  { volumes = [], options, vcpus, incoming }: MachineSpec,
  place: VolumePlace,
): Promise<void> {
  for (const volume of volumes) await plugVolume(qmp, volume, options ?? plainOptions(vcpus), place)
  if (incoming || (await runStateOf(qmp)) !== 'prelaunch') return
  // The firmware learns the order of booting when the machine is reset.
  await qmp.execute('system_reset')
  await qmp.execute('cont')
}
