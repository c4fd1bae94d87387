import type { MutationTx } from '../../kernel/index.ts'
import { machineOptions } from '../machine/index.ts'
import { type DiskNames, ownDisks } from './devices.ts'

/** How the disks of an instance are called, and which names are taken. */
export async function diskNamesOf({ db }: Pick<MutationTx, 'db'>, id: string): Promise<DiskNames> {
  const instance = await db.instance.findUniqueOrThrow({
    where: { id },
    select: {
      imageId: true,
      vcpus: true,
      ephemeralGib: true,
      swapMib: true,
      configDrive: true,
      extraSpecs: true,
      imageProperties: true,
      volumes: { select: { device: true } },
    },
  })
  return {
    prefix: machineOptions(instance).diskBus === 'scsi' ? 'sd' : 'vd',
    own: ownDisks(instance),
    taken: instance.volumes.map(({ device }) => device),
  }
}
