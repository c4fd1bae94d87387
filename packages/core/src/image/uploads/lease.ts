import type { Image, ImageStatus } from '@nephos/db'
import type { MutationTx, Services } from '../../kernel/index.ts'
import { type ImageWithParts, imageChanged, imageParts } from '../images/row.ts'

/** How long an upload may be silent before it counts as broken. */
export const leaseMs = 60_000
/** How often a running upload says that it lives, and learns that it was cancelled. */
export const renewMs = 2_000

/** When a lease that starts now ends. */
export const leaseEnd = (): Date => new Date(Date.now() + leaseMs)

/** How long a staged file waits for its import. */
const stagedMs = 24 * 3_600_000
/** When a file that is staged now is given up. */
export const stagedEnd = (): Date => new Date(Date.now() + stagedMs)

/** Statuses in which bytes arrive. */
const arriving: ImageStatus[] = ['saving', 'uploading']

/** Renews the lease and keeps how much has arrived. @returns false when the upload is no longer ours */
export async function renewLease(
  { db }: Pick<Services, 'db'>,
  { id, uploadToken }: Pick<Image, 'id' | 'uploadToken'>,
  uploadedBytes: number,
): Promise<boolean> {
  const { count } = await db.image.updateMany({
    where: { id, uploadToken, status: { in: arriving } },
    data: { uploadExpiresAt: leaseEnd(), uploadedBytes },
  })
  return count === 1
}

/** Ends an upload without data. @returns the image, or null when the upload of that token was over already */
export async function backToQueued(
  tx: MutationTx,
  upload: Pick<Image, 'id' | 'uploadToken'>,
  failure: string,
): Promise<ImageWithParts | null> {
  const { count } = await tx.db.image.updateMany({
    where: { id: upload.id, uploadToken: upload.uploadToken, status: { in: arriving } },
    data: {
      status: 'queued',
      failure,
      stagedBytes: null,
      uploadToken: null,
      uploadExpiresAt: null,
      uploadedBytes: null,
      uploadSize: null,
      generation: { increment: 1 },
    },
  })
  if (count === 0) return null
  const image = await tx.db.image.findUniqueOrThrow({ where: { id: upload.id }, include: imageParts })
  imageChanged(tx, 'updated', image)
  return image
}
