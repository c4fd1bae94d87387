import type { Prisma, Tx, Volume } from '@nephos/db'
import { findImage } from '../../image/images/find.ts'
import { type Ctx, invalid, isAdmin, notFound } from '../../kernel/index.ts'
import { readOrigin } from '../backups/origin.ts'
import { whyNotBackup, whyNotSnapshot, whyNotVolume } from '../states.ts'
import { type ChosenType, chooseType } from '../types/choose.ts'
import { isTrue, specsOf } from '../types/extra-specs.ts'
import { limitsOf } from '../types/limits.ts'
import { type VolumeCreateInput, volumeCreateInput } from './create-input.ts'
import { volumeFacts, volumeParts } from './row.ts'

const gib = 1024 ** 3

/** A new volume, checked: what {@link insertVolume} writes. */
export interface VolumePlanned {
  type: ChosenType
  zone: string | null
  columns: Omit<Prisma.VolumeUncheckedCreateInput, 'id' | 'status' | 'zone' | 'typeId'>
}

/** What a source says about the volume that is made from it. */
interface Source {
  sizeGib: number
  what: string
  /** Type of the volume that it is of. */
  typeId?: string
  encrypted?: boolean
  columns: Partial<Prisma.VolumeUncheckedCreateInput>
}

/**
 * Checks everything that can be known before a new volume is written: source, size, type, zone.
 * @throws NephosError not_found (image, snapshot, volume, backup), conflict for a source that is not ready, invalid_input
 */
export async function planVolume(
  ctx: Ctx,
  db: Tx,
  owner: { projectId: string; userId: string },
  wanted: VolumeCreateInput,
): Promise<VolumePlanned> {
  const input = volumeCreateInput.parse(wanted)
  const { imageId, snapshotId, sourceVolumeId, backupId } = input
  if ([imageId, snapshotId, sourceVolumeId, backupId].filter(Boolean).length > 1)
    throw invalid(
      'snapshotId',
      'A volume is made from one source: an image, a snapshot, a volume or a backup.',
    )
  const source = imageId
    ? await imageSource(ctx, db, imageId)
    : snapshotId
      ? await snapshotSource(ctx, db, owner.projectId, snapshotId)
      : sourceVolumeId
        ? await volumeSource(ctx, db, owner.projectId, sourceVolumeId)
        : backupId
          ? await backupSource(ctx, db, owner.projectId, backupId)
          : null
  const sizeGib = input.sizeGib ?? (imageId ? null : (source?.sizeGib ?? null))
  if (sizeGib === null) throw invalid('sizeGib', 'Say how large the volume is to be, in GiB.')
  if (source && sizeGib < source.sizeGib)
    throw invalid(
      'sizeGib',
      `The volume must have at least ${source.sizeGib} GiB: ${source.what} is that large.`,
    )
  const type = await chooseType(ctx, db, owner.projectId, input.typeId ?? source?.typeId)
  const encrypted = type.encryption !== null
  if (source?.encrypted !== undefined && source.encrypted !== encrypted)
    throw invalid(
      'typeId',
      source.encrypted
        ? `${source.what} is encrypted, and the type ${type.name} is not.`
        : `${source.what} is not encrypted, and the type ${type.name} is.`,
      'Choose a type that fits, or change the type of the new volume afterwards.',
    )
  if (input.zone) await requireZone(db, input.zone)
  return {
    type,
    zone: input.zone ?? null,
    columns: {
      projectId: owner.projectId,
      userId: owner.userId,
      name: input.name,
      description: input.description,
      sizeGib,
      metadata: input.metadata,
      hints: { ...input.hints },
      multiattach: isTrue(specsOf(type).multiattach),
      encrypted,
      ...limitColumn(type, sizeGib),
      ...source?.columns,
    },
  }
}

const limitColumn = (type: ChosenType, sizeGib: number) => {
  const limits = limitsOf(type.qosSpec, sizeGib)
  return limits ? { limits: { ...limits } } : {}
}

async function requireZone(db: Tx, zone: string): Promise<void> {
  if (await db.volumeBackend.findFirst({ where: { zone }, select: { id: true } })) return
  throw invalid('zone', `No back end of volumes is in the zone ${zone}.`, 'Leave it out, or choose another.')
}

async function imageSource(ctx: Ctx, db: Tx, id: string): Promise<Source> {
  const image = await findImage(ctx, id, db)
  if (image.status !== 'active')
    throw invalid('imageId', `The image ${image.name} cannot be used: it is ${image.status}.`)
  const bytes = Number(image.virtualSize ?? image.size ?? 0)
  return {
    sizeGib: Math.max(Math.ceil(bytes / gib), image.minDiskGib, 1),
    what: `the image ${image.name}`,
    columns: {
      imageId: id,
      bootable: true,
      imageProperties: {
        ...(image.properties as Record<string, string>),
        image_id: id,
        image_name: image.name,
        disk_format: image.diskFormat,
        container_format: image.containerFormat,
        min_disk: String(image.minDiskGib),
        min_ram: String(image.minRamMib),
        size: String(image.size ?? 0),
        ...(image.checksum && { checksum: image.checksum }),
      },
    },
  }
}

const mine = (ctx: Ctx, projectId: string) => (isAdmin(ctx.actor) ? {} : { projectId })

async function snapshotSource(ctx: Ctx, db: Tx, projectId: string, id: string): Promise<Source> {
  const snapshot = await db.volumeSnapshot.findFirst({
    where: { id, ...mine(ctx, projectId) },
    include: { volume: true },
  })
  if (!snapshot) throw notFound('snapshot', id)
  const why = whyNotSnapshot('use', snapshot.status)
  if (why) throw invalid('snapshotId', why)
  return { ...ofVolume(snapshot.volume, 'the snapshot', { snapshotId: id }), sizeGib: snapshot.sizeGib }
}

async function volumeSource(ctx: Ctx, db: Tx, projectId: string, id: string): Promise<Source> {
  const volume = await db.volume.findFirst({
    where: { id, ...mine(ctx, projectId) },
    include: volumeParts,
  })
  if (!volume) throw notFound('volume', id)
  const why = whyNotVolume('clone', volumeFacts(volume))
  if (why) throw invalid('sourceVolumeId', why)
  return ofVolume(volume, 'the volume', { sourceVolumeId: id })
}

async function backupSource(ctx: Ctx, db: Tx, projectId: string, id: string): Promise<Source> {
  const backup = await db.volumeBackup.findFirst({ where: { id, ...mine(ctx, projectId) } })
  if (!backup) throw notFound('backup', id)
  const why = whyNotBackup('restore', backup.status)
  if (why) throw invalid('backupId', why)
  const { typeId, encrypted, bootable, imageProperties, sealedKey } = readOrigin(backup)
  const type = await db.volumeType.findUnique({ where: { id: typeId }, select: { id: true } })
  return {
    sizeGib: backup.sizeGib,
    what: 'the volume of the backup',
    // A type that was deleted since: the default one.
    ...(type && { typeId }),
    encrypted,
    columns: { backupId: id, bootable, sealedKey, ...(imageProperties && { imageProperties }) },
  }
}

/** What a volume that is copied says about its copy. */
const ofVolume = (
  volume: Volume,
  what: string,
  columns: Partial<Prisma.VolumeUncheckedCreateInput>,
): Source => ({
  sizeGib: volume.sizeGib,
  what,
  typeId: volume.typeId,
  encrypted: volume.encrypted,
  columns: {
    ...columns,
    bootable: volume.bootable,
    ...(volume.imageProperties !== null && {
      imageProperties: volume.imageProperties as Record<string, string>,
    }),
    // The copy has the bytes of its source, and so its key.
    sealedKey: volume.sealedKey,
  },
})
