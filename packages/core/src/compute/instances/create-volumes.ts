import { newId } from '@nephos/db'
import { type Ctx, invalid, type MutationTx, requireProject, requireUser } from '../../kernel/index.ts'
import { reserveVolume } from '../../volume/attachments/reserve.ts'
import { insertVolume } from '../../volume/volumes/insert.ts'
import { planVolume } from '../../volume/volumes/plan.ts'
import type { VolumeRecord } from '../../volume/volumes/row.ts'
import { machineOptions } from '../machine/index.ts'
import { chooseDevice, ownDisks } from '../volumes/devices.ts'
import type { CreateInstanceInput } from './create-input.ts'
import type { InstanceNeeds } from './create-needs.ts'
import type { InstanceRecord } from './row.ts'

/** A copy of several instances needs volumes of its own. @throws NephosError invalid_input */
export function requireOwnVolumes({ volumes, count }: Pick<CreateInstanceInput, 'volumes' | 'count'>): void {
  const index = volumes.findIndex(({ volumeId }) => volumeId)
  if (count > 1 && index >= 0)
    throw invalid(
      `volumes.${index}.volumeId`,
      'Several instances cannot have the same volume.',
      'Create one instance, or make a volume for each from a snapshot or an image.',
    )
}

/**
 * Gives new instances their volumes, in the transaction that makes them: those that are there are set aside, the others
 * are made, and set aside before they are there.
 * @returns the new ones, whose quota the caller takes last of all
 * @throws NephosError invalid_input, not_found, conflict
 */
export async function addVolumes(
  ctx: Ctx,
  tx: MutationTx,
  records: readonly InstanceRecord[],
  input: CreateInstanceInput,
  needs: InstanceNeeds,
): Promise<VolumeRecord[]> {
  const owner = { projectId: requireProject(ctx).id, userId: requireUser(ctx).userId }
  const options = machineOptions({ ...needs.flavor, imageProperties: needs.boot.properties })
  const prefix = options.diskBus === 'scsi' ? 'sd' : 'vd'
  const made: VolumeRecord[] = []
  for (const record of records) {
    const taken: string[] = []
    const own = ownDisks({ ...record, configDrive: input.configDrive })
    for (const [index, wish] of input.volumes.entries()) {
      const device =
        wish.bootIndex === 0 ? `/dev/${prefix}a` : chooseDevice({ prefix, own, taken }, wish.device ?? null)
      taken.push(device)
      const volume = wish.volumeId
        ? null
        : await makeVolume(ctx, tx, owner, record, wish, device, needs, index)
      if (volume) made.push(volume)
      await reserveVolume(tx, {
        volumeId: volume?.id ?? wish.volumeId ?? newId(),
        instanceId: record.id,
        projectId: owner.projectId,
        mode: wish.readOnly ? 'ro' : 'rw',
        device,
        bootIndex: wish.bootIndex ?? null,
        deleteOnTermination: wish.deleteOnTermination,
        tag: wish.tag ?? null,
        unborn: volume !== null,
      })
    }
  }
  return made
}

async function makeVolume(
  ctx: Ctx,
  tx: MutationTx,
  owner: { projectId: string; userId: string },
  { name }: InstanceRecord,
  { imageId, snapshotId, sizeGib, typeId, name: wished }: CreateInstanceInput['volumes'][number],
  device: string,
  { rootGib }: InstanceNeeds,
  index: number,
): Promise<VolumeRecord> {
  const planned = await planVolume(ctx, tx.db, owner, {
    name: wished || `${name.slice(0, 240)} ${device.slice('/dev/'.length)}`,
    imageId,
    snapshotId,
    sizeGib: sizeGib ?? (imageId ? Math.max(1, rootGib) : undefined),
    typeId,
  }).catch((error: unknown) => {
    throw atIndex(error, index)
  })
  const { volume } = await insertVolume(tx, planned, { quota: false, verb: 'compute.instances.create' })
  return volume
}

/** The field of a volume is one of the volumes of the instance here. */
function atIndex(error: unknown, index: number): unknown {
  if (error instanceof Error && 'field' in error && typeof error.field === 'string')
    return Object.assign(error, { field: `volumes.${index}.${error.field}` })
  return error
}
