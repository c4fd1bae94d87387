import { z } from 'zod'
import { description } from '../../compute/names.ts'

/** The largest volume, in GiB. */
export const mostGib = 65_536

/** Name of a volume or snapshot: may be empty, as in Cinder. */
export const volumeName = z
  .string()
  .trim()
  .max(255, 'A name has at most 255 characters.')
  .regex(/^[^\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]*$/u, 'A name has printable characters only.')

/** Key and value that people keep with a volume or snapshot. */
export const volumeMetadata = z
  .record(
    z.string().min(1, 'A key has 1 to 255 characters.').max(255, 'A key has 1 to 255 characters.'),
    z.string().max(255, 'A value has at most 255 characters.'),
  )
  .refine((metadata) => Object.keys(metadata).length <= 128, 'At most 128 entries can be kept.')

/** Size in GiB. */
export const sizeGib = z
  .int('The size is a whole number of GiB.')
  .min(1, 'A volume has at least 1 GiB.')
  .max(mostGib, `A volume has at most ${mostGib} GiB.`)

const hint = z
  .union([z.uuid(), z.array(z.uuid()).max(100)])
  .transform((ids) => (typeof ids === 'string' ? [ids] : ids))

/** What a new volume is to be. Of the sources at most one. */
export const volumeCreateFields = {
  name: volumeName.default(''),
  description: description.default(''),
  /** May be left out with a snapshot or another volume as source: their size. */
  sizeGib: sizeGib.nullish(),
  /** Id or name; left out: the default. */
  typeId: z.string().trim().min(1).max(255).nullish(),
  zone: z.string().trim().min(1).max(255).nullish(),
  imageId: z.uuid().nullish(),
  snapshotId: z.uuid().nullish(),
  sourceVolumeId: z.uuid().nullish(),
  backupId: z.uuid().nullish(),
  metadata: volumeMetadata.default({}),
  /** Volumes on whose host, or on whose host not, this one is to be. */
  hints: z.object({ sameHost: hint.optional(), differentHost: hint.optional() }).default({}),
}

/** Input of the verb that makes a volume. */
export const volumeCreateInput = z.object(volumeCreateFields)
export type VolumeCreateInput = z.input<typeof volumeCreateInput>
