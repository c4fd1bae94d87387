import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginImage } from './begin-image.ts'

/**
 * Powers an instance off and keeps its root disk as an image; after the configured time it also leaves its host. Its
 * ports and addresses stay. Ephemeral disks and swap are not kept.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export const shelveInstance = defineVerb({
  name: 'compute.instances.shelve',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginImage(
      ctx,
      { id, action: 'shelve', verb: 'compute.instances.shelve', saga: 'instance-shelve' },
      (record) => ({ name: `${record.name.slice(0, 247)}-shelved` }),
    ),
})
