import { defineVerb, isAdmin } from '../../kernel/index.ts'
import { findVolume, volumeIdInput } from './find.ts'
import { type VolumeRow, volumeRow } from './row.ts'

/** One volume. @throws NephosError not_found */
export const showVolume = defineVerb({
  name: 'volume.volumes.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: volumeIdInput,
  run: async ({ ctx, input }): Promise<VolumeRow> =>
    volumeRow(await findVolume(ctx, input.id), { admin: isAdmin(ctx.actor) }),
})
