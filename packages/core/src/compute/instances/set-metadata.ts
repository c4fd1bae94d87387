import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { editInstance } from './edit-columns.ts'
import { mergedMetadata, metadataInput } from './metadata.ts'

/**
 * Changes the metadata of an instance, which the guest can read. With `replace` the items of `set` are all that is left;
 * otherwise they are added or changed, and the keys of `remove` are taken away.
 * @throws NephosError not_found, invalid_input, conflict
 */
export const setInstanceMetadata = defineVerb({
  name: 'compute.instances.setMetadata',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    set: metadataInput.default({}),
    remove: z.array(z.string().max(255)).max(128).default([]),
    replace: z.boolean().default(false),
  }),
  run: async ({ ctx, input: { id, set, remove, replace } }) => {
    let metadata: Record<string, string> = set
    const instance = await editInstance(ctx, {
      id,
      action: 'editMetadata',
      verb: 'compute.instances.setMetadata',
      change: async (record) => {
        const before = record.metadata as Record<string, string>
        metadata = replace ? set : mergedMetadata(before, set, remove)
        return { columns: { metadata }, detail: { before, after: metadata } }
      },
    })
    return { instance, metadata }
  },
})
