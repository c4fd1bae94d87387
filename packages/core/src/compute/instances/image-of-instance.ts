import type { Image } from '@nephos/db'
import { insertImage } from '../../image/images/create.ts'
import type { MutationTx } from '../../kernel/index.ts'
import type { InstanceRecord } from './row.ts'

/** What an image of an instance is called and said of it. */
export interface InstanceImage {
  name: string
  /** Kind of the backup (daily, weekly); left out: a snapshot. */
  backupType?: string
  /** Said beside what Nephos itself says. */
  properties?: Record<string, string>
}

/**
 * Makes the row of the image that the instance's disk will be copied to: queued, private, of the instance's project.
 * It has the properties of the image that the instance was made from, and Nova's words for where it comes from.
 * @throws NephosError quota_exceeded
 */
export async function insertInstanceImage(
  tx: MutationTx,
  record: InstanceRecord,
  { name, backupType, properties = {} }: InstanceImage,
): Promise<Image> {
  const [own, base] = await Promise.all([
    tx.db.instance.findUnique({ where: { id: record.id }, select: { imageProperties: true } }),
    record.imageId
      ? tx.db.image.findUnique({ where: { id: record.imageId }, select: { minRamMib: true } })
      : null,
  ])
  return insertImage(tx, record.projectId, {
    name,
    diskFormat: 'qcow2',
    containerFormat: 'bare',
    visibility: 'private',
    protected: false,
    minDiskGib: record.diskGib,
    minRamMib: base?.minRamMib ?? 0,
    instanceId: record.id,
    backupType,
    properties: {
      ...(own?.imageProperties as Record<string, string> | null),
      ...properties,
      image_type: backupType === undefined ? 'snapshot' : 'backup',
      instance_uuid: record.id,
      user_id: record.userId,
      ...(record.imageId && { base_image_ref: record.imageId }),
      ...(backupType !== undefined && { backup_type: backupType }),
    },
  })
}
