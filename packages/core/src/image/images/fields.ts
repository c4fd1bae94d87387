import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { importFormats } from '../format/detect.ts'
import { visibilities } from './row.ts'

const mostProperties = 128
const mostTags = 128

const propertyName = z
  .string()
  .min(1, 'A property needs a name.')
  .max(255, 'The name of a property has at most 255 characters.')
  .regex(
    /^[\p{L}\p{N}._:-]+$/u,
    'The name of a property has letters, digits, dots, colons, hyphens and underscores only.',
  )
  .refine((name) => !name.startsWith('os_glance'), 'Names that start with os_glance are reserved.')

/** A word to find images by. */
export const imageTag = z
  .string()
  .trim()
  .min(1, 'A tag has at least one character.')
  .max(255, 'A tag has at most 255 characters.')
  .regex(/^[^,\p{Cc}\p{Cs}]+$/u, 'A tag has no comma and no control characters.')

const tagList = z
  .array(imageTag)
  .transform((tags) => [...new Set(tags)].sort())
  .refine((tags) => tags.length <= mostTags, `An image has at most ${mostTags} tags.`)

/** What people say about an image. */
export const imageFields = {
  name: displayName,
  visibility: z.enum(visibilities),
  minDiskGib: z.int().min(0).max(1_048_576),
  minRamMib: z.int().min(0).max(16_777_216),
  properties: z
    .record(propertyName, z.string().max(4_096, 'A property has at most 4096 characters.'))
    .refine(
      (properties) => Object.keys(properties).length <= mostProperties,
      `An image has at most ${mostProperties} properties.`,
    ),
  tags: tagList,
}

/** Formats that may be declared; leaving it out lets the file speak for itself. */
export const diskFormat = z.enum(
  importFormats,
  `Formats are ${importFormats.join(', ')}. Convert others first: qemu-img convert -O qcow2.`,
)

/** Id of one image. */
export const imageId = z.object({ id: z.uuid() })
