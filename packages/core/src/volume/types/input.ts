import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { typeSpecs } from './extra-specs.ts'

/** What administrators say of a type. */
export const typeFields = {
  name: displayName,
  description: z.string().max(255, 'A description has at most 255 characters.'),
  isPublic: z.boolean(),
  extraSpecs: typeSpecs,
  /** Limits of its volumes; null: none. */
  qosSpecId: z.uuid().nullable(),
  /** null: volumes are stored as they are. */
  encryption: z
    .object({
      provider: z.literal('luks').default('luks'),
      cipher: z.enum(['aes-xts-plain64']).default('aes-xts-plain64'),
      /** Bits. */
      keySize: z.union([z.literal(256), z.literal(512)]).default(256),
    })
    .nullable(),
}
