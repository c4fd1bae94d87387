import { join } from 'node:path'
import { statePaths } from '@nephos/config'
import type { Services } from '@nephos/core'
import type { NamedDriver } from '../backends.ts'
import { storedVolume } from '../stored.ts'
import { createStorageDrivers, detectVolumesFor } from './of-host.ts'
import { SimulatedVolumes } from './simulated.ts'

const gib = 1024 ** 3

/**
 * The back ends that this host is to have by its configuration and by what works here.
 * @throws NephosError unsupported when one that was asked for does not work here
 */
export async function openVolumeDrivers(services: Services): Promise<NamedDriver[]> {
  const { config, db, log } = services
  const detection = await detectVolumesFor(config)
  log.info({ ...detection }, 'back ends of volumes chosen')
  const drivers: NamedDriver[] = await createStorageDrivers(config, detection, {
    log,
    secretOf: async (id) => {
      const volume = await db.volume.findUnique({ where: { id } })
      return volume && storedVolume(services, volume).secret
    },
  })
  if (detection.chosen.includes('simulated'))
    drivers.push({
      name: 'simulated',
      driver: new SimulatedVolumes({
        directory: join(statePaths(config).volumes(), 'simulated'),
        totalBytes: config.simulatedDiskGib * gib,
      }),
    })
  return drivers
}
