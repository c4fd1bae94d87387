import { z } from 'zod'
import { defineVerb, invalid } from '../../kernel/index.ts'
import { volumeMetadata } from './create-input.ts'
import { editVolume, mergedText } from './edit.ts'
import type { VolumeRow } from './row.ts'

const fields = {
  id: z.uuid(),
  /** Entries to add or to give a new value. */
  set: volumeMetadata.default({}),
  /** Keys of entries to remove. */
  remove: z.array(z.string().max(255)).max(128).default([]),
  /** Everything else goes. */
  replace: z.boolean().default(false),
}

const requireFew = (entries: Record<string, string>) => {
  if (Object.keys(entries).length > 128) throw invalid('set', 'At most 128 entries can be kept.')
  return entries
}

/** Changes what people keep with a volume. @throws NephosError not_found */
export const setVolumeMetadata = defineVerb({
  name: 'volume.volumes.setMetadata',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object(fields),
  run: ({ ctx, input: { id, ...change } }): Promise<VolumeRow> =>
    editVolume(ctx, {
      id,
      verb: 'volume.volumes.setMetadata',
      changes: ({ metadata }) => ({ metadata: requireFew(mergedText(metadata, change)) }),
      detail: { set: Object.keys(change.set), removed: change.remove },
    }),
})

/** Changes the properties that a volume has of its image: instances that boot from it follow them. */
export const setVolumeImageMetadata = defineVerb({
  name: 'volume.volumes.setImageMetadata',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object(fields),
  run: ({ ctx, input: { id, ...change } }): Promise<VolumeRow> =>
    editVolume(ctx, {
      id,
      verb: 'volume.volumes.setImageMetadata',
      changes: ({ imageProperties }) => ({
        imageProperties: requireFew(mergedText(imageProperties, change)),
      }),
      detail: { set: Object.keys(change.set), removed: change.remove },
    }),
})
