import { z } from 'zod'
import { securityGroupIdsField } from '../../network/security-groups/choose-groups.ts'
import { description, displayName } from '../names.ts'
import { hintsInput } from '../placement/hints.ts'
import { restartPolicies } from './update.ts'
import { newInstanceVolumes } from './volume-input.ts'

const metadataText = z.string().max(255, 'A metadata value has at most 255 characters.')

/** Metadata of an instance: what its guest and its owner want to know. */
export const instanceMetadata = z
  .record(z.string().min(1).max(255), metadataText)
  .refine((items) => Object.keys(items).length <= 128, 'An instance has at most 128 metadata items.')

/** What `compute.instances.create` takes. */
export const createInstanceInput = z.object({
  name: displayName,
  flavorId: z.string().min(1, 'Choose a flavor.').max(255),
  /** Left out where it boots from a volume. */
  imageId: z.uuid('Choose an image.').nullish(),
  /** Networks to join, in the order of the interfaces; may be left out where the project has exactly one. */
  networkIds: z
    .array(z.uuid())
    .max(16, 'An instance joins at most 16 networks.')
    .refine((ids) => new Set(ids).size === ids.length, 'A network is named twice.')
    .default([]),
  /** Security groups of its ports, by id; the project's default group when left out. */
  securityGroupIds: securityGroupIdsField.optional(),
  /** Volumes that it gets; the one with `bootIndex` 0 is its root disk. */
  volumes: newInstanceVolumes.default([]),
  keyName: z.string().max(255).nullish(),
  /** Text or base64; see `userDataEncoding`. At most 65535 bytes. */
  userData: z
    .string()
    .max(262_144, 'The user data is too long; at most 65535 bytes are allowed.')
    .default(''),
  userDataEncoding: z.enum(['auto', 'base64', 'text']).default('auto'),
  count: z
    .int()
    .min(1, 'Create at least 1 instance.')
    .max(100, 'Create at most 100 instances at once.')
    .default(1),
  metadata: instanceMetadata.default({}),
  description: description.default(''),
  /** Also give the metadata on a small disk, for guests that cannot ask the metadata service. */
  configDrive: z.boolean().default(false),
  /** What happens when its guest crashes. */
  restartPolicy: z.enum(restartPolicies).default('never'),
  /** `zone`, or for administrators `zone:host`. */
  availabilityZone: z.string().min(1).max(320).nullish(),
  /** Server group that it joins; the same as the hint `group`. */
  serverGroupId: z.uuid('Choose a server group.').nullish(),
  hints: hintsInput.default({}),
})
export type CreateInstanceInput = z.output<typeof createInstanceInput>
