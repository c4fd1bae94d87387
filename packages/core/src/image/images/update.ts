import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { requirePublisher } from './create.ts'
import { imageFields } from './fields.ts'
import { findOwnImage } from './find.ts'
import { type ImageRow, imageChanged, imageRow } from './row.ts'

/** Changes what people say about an image; `properties` replaces all of them. @throws NephosError not_found */
export const updateImage = defineVerb({
  name: 'image.images.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: imageFields.name.optional(),
    visibility: imageFields.visibility.optional(),
    protected: z.boolean().optional(),
    minDiskGib: imageFields.minDiskGib.optional(),
    minRamMib: imageFields.minRamMib.optional(),
    properties: imageFields.properties.optional(),
  }),
  run: async ({ ctx, input: { id, ...changes } }): Promise<ImageRow> =>
    mutate(ctx, async (tx) => {
      const before = await findOwnImage(ctx, id, tx.db)
      if (changes.visibility !== before.visibility) requirePublisher(ctx, changes.visibility)
      const { count } = await tx.db.image.updateMany({
        where: { id, generation: before.generation },
        data: { ...changes, generation: { increment: 1 } },
      })
      if (count === 0)
        throw conflict(`Image ${before.name} was just changed by someone else.`, {
          remedy: 'Look at it again and repeat your change.',
        })
      const image = await tx.db.image.findUniqueOrThrow({ where: { id } })
      tx.audit({
        verb: 'image.images.update',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { changed: Object.keys(changes) },
      })
      imageChanged(tx, 'updated', image, before)
      return imageRow(image)
    }),
})
