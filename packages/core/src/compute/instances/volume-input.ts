import { z } from 'zod'
import { sizeGib, volumeName } from '../../volume/volumes/create-input.ts'

/**
 * A volume that a new instance gets: one that is there (`volumeId`), or a new one, made from an image, from a snapshot
 * or empty. Nova's block device mappings with a volume as destination.
 */
export const newInstanceVolume = z.object({
  /** A volume of the project that nobody uses. */
  volumeId: z.uuid().nullish(),
  imageId: z.uuid().nullish(),
  snapshotId: z.uuid().nullish(),
  /** Size of a new one. Left out: that of its snapshot; of one made from an image, the flavor's disk. */
  sizeGib: sizeGib.nullish(),
  /** Type of a new one, by id or name; left out: the default. */
  typeId: z.string().trim().min(1).max(255).nullish(),
  /** Name of a new one; left out: the instance's, and its device. */
  name: volumeName.nullish(),
  /** 0: the instance boots from it. */
  bootIndex: z.int().min(0).max(20).nullish(),
  device: z.string().trim().min(1).max(64).nullish(),
  tag: z.string().trim().min(1).max(60).nullish(),
  readOnly: z.boolean().default(false),
  /** It is deleted together with the instance. */
  deleteOnTermination: z.boolean().default(false),
})
/** A volume that a new instance gets. */
export type NewInstanceVolume = z.output<typeof newInstanceVolume>

/** The volumes of a new instance. */
export const newInstanceVolumes = z
  .array(newInstanceVolume)
  .max(20, 'An instance gets at most 20 volumes when it is created.')
  .superRefine((volumes, context) => {
    volumes.forEach((volume, index) => {
      const sources = [volume.volumeId, volume.imageId, volume.snapshotId].filter(Boolean).length
      if (sources > 1)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: 'A volume is one that is there, or is made from an image or a snapshot: name one of them.',
        })
      if (sources === 0 && !volume.sizeGib)
        context.addIssue({
          code: 'custom',
          path: [index, 'sizeGib'],
          message: 'Say how large an empty volume is.',
        })
    })
    const indexes = volumes.flatMap(({ bootIndex }) => (typeof bootIndex === 'number' ? [bootIndex] : []))
    if (new Set(indexes).size !== indexes.length)
      context.addIssue({
        code: 'custom',
        path: [0, 'bootIndex'],
        message: 'Two volumes have the same place in the order of booting.',
      })
    const named = volumes.flatMap(({ volumeId }) => (volumeId ? [volumeId] : []))
    if (new Set(named).size !== named.length)
      context.addIssue({ code: 'custom', path: [0, 'volumeId'], message: 'A volume is named twice.' })
  })
