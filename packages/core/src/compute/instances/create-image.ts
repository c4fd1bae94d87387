import { z } from 'zod'
import { imageFields } from '../../image/images/fields.ts'
import { defineVerb } from '../../kernel/index.ts'
import { beginImage } from './begin-image.ts'

/**
 * Copies the root disk of an instance, as it is at one moment, to a new image. A machine that runs goes on running;
 * what its guest has not written to the disk yet is not in the image.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export const createInstanceImage = defineVerb({
  name: 'compute.instances.createImage',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: imageFields.name,
    properties: imageFields.properties.default({}),
  }),
  run: ({ ctx, input: { id, name, properties } }) =>
    beginImage(
      ctx,
      { id, action: 'createImage', verb: 'compute.instances.createImage', saga: 'instance-image' },
      () => ({ name, properties }),
    ),
})
