import type { Prisma, Tx } from '@nephos/db'
import type { Json, MutationTx } from '../../kernel/index.ts'
import type { VolumeLimits } from '../connection.ts'
import type { VolumeStatusName } from '../states.ts'

/** One use of a volume, as its volume's row shows it. */
export interface VolumeAttachmentRow {
  id: string
  volumeId: string
  projectId: string
  instanceId: string | null
  instanceName: string | null
  /** For administrators; null for others. */
  hostName: string | null
  /** reserved, attaching, attached, detaching, error_attaching or error_detaching */
  status: string
  /** rw or ro */
  mode: string
  /** What the guest may call it: /dev/vdb */
  device: string | null
  /** 0: the root disk. */
  bootIndex: number | null
  deleteOnTermination: boolean
  tag: string | null
  attachedAt: Date | null
  failure: string | null
  createdAt: Date
}

/** A volume as lists, `show` and events have it. */
export interface VolumeRow {
  id: string
  projectId: string
  userId: string
  name: string
  description: string
  sizeGib: number
  status: VolumeStatusName
  /** What it comes back to after the work that its status names. */
  previousStatus: VolumeStatusName | null
  migrationStatus: string | null
  typeId: string
  typeName: string
  zone: string
  /** `<host>@<back end>`; for administrators, null for others. */
  backendName: string | null
  /** local, iscsi, nbd, aoe or simulated; null until it has a back end. */
  driver: string | null
  snapshotId: string | null
  sourceVolumeId: string | null
  imageId: string | null
  backupId: string | null
  bootable: boolean
  readOnly: boolean
  multiattach: boolean
  encrypted: boolean
  limits: VolumeLimits | null
  /** What its image said; null: it was not made from one. */
  imageProperties: Record<string, string> | null
  metadata: Record<string, string>
  /** Why the last work failed. */
  failure: string | null
  attachments: VolumeAttachmentRow[]
  snapshotCount: number
  ec2Id: number
  generation: number
  createdAt: Date
  updatedAt: Date
}

/** What is read with an attachment to make its row. */
export const attachmentParts = {
  instance: { select: { name: true } },
} as const satisfies Prisma.VolumeAttachmentInclude

/** What is read with a volume to make its row: all of it in one query. */
export const volumeParts = {
  type: { select: { name: true } },
  backend: { select: { name: true, hostName: true, driver: true } },
  attachments: { include: attachmentParts, orderBy: { createdAt: 'asc' } },
  _count: { select: { snapshots: true } },
} as const satisfies Prisma.VolumeInclude

/** A volume with {@link volumeParts}. */
export type VolumeRecord = Prisma.VolumeGetPayload<{ include: typeof volumeParts }>
/** An attachment with {@link attachmentParts}. */
export type AttachmentRecord = Prisma.VolumeAttachmentGetPayload<{ include: typeof attachmentParts }>

/** The row of an attachment. `admin`: with the host. */
export const attachmentRow = (
  attachment: AttachmentRecord,
  { admin }: { admin: boolean },
): VolumeAttachmentRow => ({
  id: attachment.id,
  volumeId: attachment.volumeId,
  projectId: attachment.projectId,
  instanceId: attachment.instanceId,
  instanceName: attachment.instance?.name ?? null,
  hostName: admin ? attachment.hostName : null,
  status: attachment.status,
  mode: attachment.mode,
  device: attachment.device,
  bootIndex: attachment.bootIndex,
  deleteOnTermination: attachment.deleteOnTermination,
  tag: attachment.tag,
  attachedAt: attachment.attachedAt,
  failure: attachment.failure,
  createdAt: attachment.createdAt,
})

/** The row of a volume. `admin`: with its back end and hosts. */
export const volumeRow = (volume: VolumeRecord, { admin }: { admin: boolean }): VolumeRow => ({
  id: volume.id,
  projectId: volume.projectId,
  userId: volume.userId,
  name: volume.name,
  description: volume.description,
  sizeGib: volume.sizeGib,
  status: volume.status,
  previousStatus: volume.previousStatus,
  migrationStatus: volume.migrationStatus,
  typeId: volume.typeId,
  typeName: volume.type.name,
  zone: volume.zone,
  backendName: admin ? (volume.backend?.name ?? null) : null,
  driver: volume.backend?.driver ?? null,
  snapshotId: volume.snapshotId,
  sourceVolumeId: volume.sourceVolumeId,
  imageId: volume.imageId,
  backupId: volume.backupId,
  bootable: volume.bootable,
  readOnly: volume.readOnly,
  multiattach: volume.multiattach,
  encrypted: volume.encrypted,
  limits: volume.limits as VolumeLimits | null,
  imageProperties: volume.imageProperties as Record<string, string> | null,
  metadata: volume.metadata as Record<string, string>,
  failure: volume.failure,
  attachments: volume.attachments.map((attachment) => attachmentRow(attachment, { admin })),
  snapshotCount: volume._count.snapshots,
  ec2Id: volume.ec2Id,
  generation: volume.generation,
  createdAt: volume.createdAt,
  updatedAt: volume.updatedAt,
})

/** The facts that the rules of {@link volumeActions} look at. */
export const volumeFacts = (volume: VolumeRecord) => ({
  status: volume.status,
  attachments: volume.attachments.length,
  multiattach: volume.multiattach,
  migrating: volume.migrationStatus !== null && !['success', 'error'].includes(volume.migrationStatus),
})

/** Announces a volume to its project, with its row as it is after the change and without its hosts. */
export function volumeChanged(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  volume: VolumeRecord,
): void {
  const data = change === 'deleted' ? null : volumeRow(volume, { admin: false })
  tx.event({
    noun: 'volume',
    change,
    id: volume.id,
    audience: { kind: 'project', projectId: volume.projectId },
    data: JSON.parse(JSON.stringify(data)) as Json,
  })
}

/** Reads a volume with all that its row needs; null: it is gone. */
export const readVolume = (db: Tx, id: string): Promise<VolumeRecord | null> =>
  db.volume.findUnique({ where: { id }, include: volumeParts })
