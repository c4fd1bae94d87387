import { configDriveFiles, metadataSourceOf, NephosError } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from './load.ts'

/** Writes the config drive of an instance that has one, with its metadata as it is now. Its machine is off. */
export async function makeConfigDrive(
  { services, driver }: ComputeDeps,
  { record }: InstanceState,
): Promise<void> {
  if (!record.configDrive) return
  const source = await metadataSourceOf(services.db, record.id, services.config.dhcpDomain)
  if (!source) throw new NephosError('not_found', 'The instance was deleted meanwhile.')
  await driver.disks.writeConfigDrive(record.id, configDriveFiles(source))
}
