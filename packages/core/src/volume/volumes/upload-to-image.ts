import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { insertImage } from '../../image/images/create.ts'
import { conflict, defineVerb, isAdmin, mutate, NephosError } from '../../kernel/index.ts'
import { lacks } from '../placement/backend-state.ts'
import { beginVolumeAction } from './begin.ts'
import type { VolumeAccepted } from './create.ts'
import { findVolume, requireAllowed } from './find.ts'
import { volumeRow } from './row.ts'

/** Said of a volume's image by the image itself: not copied to another one. */
const ownWords = new Set([
  'image_id',
  'image_name',
  'disk_format',
  'container_format',
  'min_disk',
  'min_ram',
  'size',
  'checksum',
])

/**
 * Makes an image of what a volume holds now. One that is in use is copied from a snapshot that is taken for it, when
 * `force` says that its guest need not have written everything.
 * @throws NephosError not_found, conflict, quota_exceeded, unsupported for an encrypted volume
 */
export const uploadVolumeToImage = defineVerb({
  name: 'volume.volumes.uploadToImage',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: displayName,
    /** Also while it is in use. */
    force: z.boolean().default(false),
    protected: z.boolean().default(false),
  }),
  run: ({ ctx, input }): Promise<VolumeAccepted & { imageId: string }> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, input.id, tx.db)
      requireAllowed('upload', volume)
      if (volume.encrypted)
        throw new NephosError(
          'unsupported',
          'No image is made of an encrypted volume: nobody could read it.',
          {
            remedy:
              'Copy what is on it to a volume of a type without encryption, and make the image of that.',
          },
        )
      if (volume.status === 'in_use') {
        if (!input.force)
          throw conflict('The volume is in use: its image may lack what its guest has not written yet.', {
            field: 'force',
            remedy: 'Detach the volume first, or make the image all the same.',
          })
        const backend =
          volume.backendId && (await tx.db.volumeBackend.findUnique({ where: { id: volume.backendId } }))
        const why = backend ? lacks(backend, 'liveSnapshot') : null
        if (why) throw conflict(why, { remedy: 'Detach the volume first.' })
      }
      const properties = Object.fromEntries(
        Object.entries((volume.imageProperties ?? {}) as Record<string, string>).filter(
          ([key]) => !ownWords.has(key),
        ),
      )
      const image = await insertImage(tx, volume.projectId, {
        name: input.name,
        diskFormat: 'qcow2',
        containerFormat: 'bare',
        visibility: 'private',
        protected: input.protected,
        minDiskGib: volume.sizeGib,
        minRamMib: 0,
        properties,
      })
      const { operationId, volume: written } = await beginVolumeAction(tx, volume, {
        action: 'upload',
        verb: 'volume.volumes.uploadToImage',
        saga: 'volume-upload',
        input: { imageId: image.id },
      })
      return { operationId, imageId: image.id, volume: volumeRow(written, { admin: isAdmin(ctx.actor) }) }
    }),
})
