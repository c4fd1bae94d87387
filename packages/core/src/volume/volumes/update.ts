import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { defineVerb } from '../../kernel/index.ts'
import { volumeName } from './create-input.ts'
import { editVolume } from './edit.ts'
import type { VolumeRow } from './row.ts'

/** Changes name and description of a volume. @throws NephosError not_found */
export const updateVolume = defineVerb({
  name: 'volume.volumes.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), name: volumeName.optional(), description: description.optional() }),
  run: ({ ctx, input: { id, ...changes } }): Promise<VolumeRow> =>
    editVolume(ctx, {
      id,
      verb: 'volume.volumes.update',
      changes: () => changes,
      detail: { changed: Object.keys(changes) },
    }),
})
