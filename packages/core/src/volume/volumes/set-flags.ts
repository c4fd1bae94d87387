import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { editVolume } from './edit.ts'
import type { VolumeRow } from './row.ts'

/** Says whether instances can boot from a volume. @throws NephosError not_found */
export const setVolumeBootable = defineVerb({
  name: 'volume.volumes.setBootable',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), bootable: z.boolean() }),
  run: ({ ctx, input: { id, bootable } }): Promise<VolumeRow> =>
    editVolume(ctx, {
      id,
      verb: 'volume.volumes.setBootable',
      changes: () => ({ bootable }),
      detail: { bootable },
    }),
})

/** Says whether guests may write a volume, from its next attachment on. @throws NephosError not_found, conflict while it is attached */
export const setVolumeReadOnly = defineVerb({
  name: 'volume.volumes.setReadOnly',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), readOnly: z.boolean() }),
  run: ({ ctx, input: { id, readOnly } }): Promise<VolumeRow> =>
    editVolume(ctx, {
      id,
      verb: 'volume.volumes.setReadOnly',
      action: 'setReadOnly',
      changes: () => ({ readOnly }),
      detail: { readOnly },
    }),
})
