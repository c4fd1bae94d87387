import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { checkProperties } from '../properties/check.ts'
import { type ImageStatus, whyNotImage } from '../states.ts'
import { writeTags } from '../tags/write.ts'
import { diskFormat, imageFields } from './fields.ts'
import { findOwnImage, ownProject } from './find.ts'
import { type ImageRow, imageChanged, imageParts, imageRow } from './row.ts'
import { requirePublisher } from './visibility.ts'

const input = z.object({
  id: z.uuid(),
  name: imageFields.name.optional(),
  visibility: imageFields.visibility.optional(),
  protected: z.boolean().optional(),
  hidden: z.boolean().optional(),
  minDiskGib: imageFields.minDiskGib.optional(),
  minRamMib: imageFields.minRamMib.optional(),
  /** In place of all that there were. */
  properties: imageFields.properties.optional(),
  /** In place of all that there were. */
  tags: imageFields.tags.optional(),
  /** Only before there is a file. */
  diskFormat: diskFormat.optional(),
})

/**
 * Changes what people say about an image; `properties` and `tags` replace all of them. Members of an image that is not
 * shared any more see it no longer; they are remembered for when it is shared again.
 * @throws NephosError not_found, forbidden, invalid_input naming the property, conflict
 */
export const updateImage = defineVerb({
  name: 'image.images.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input,
  run: async ({ ctx, input: { id, tags, ...changes } }): Promise<ImageRow> =>
    mutate(ctx, async (tx) => {
      const before = await findOwnImage(ctx, id, tx.db)
      if (changes.visibility !== before.visibility) requirePublisher(ctx, changes.visibility)
      if (changes.properties) checkProperties(changes.properties, before.properties as Record<string, string>)
      if (changes.diskFormat !== undefined && changes.diskFormat !== before.diskFormat) {
        const reason = whyNotImage('changeFormat', before.status as ImageStatus)
        if (reason)
          throw conflict(`The format of image ${before.name} cannot be changed. ${reason}`, {
            field: 'diskFormat',
          })
      }
      const { count } = await tx.db.image.updateMany({
        where: { id, generation: before.generation },
        data: { ...changes, generation: { increment: 1 } },
      })
      if (count === 0)
        throw conflict(`Image ${before.name} was just changed by someone else.`, {
          remedy: 'Look at it again and repeat your change.',
        })
      if (tags) await writeTags(tx.db, before, tags)
      const image = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
      tx.audit({
        verb: 'image.images.update',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { changed: [...Object.keys(changes), ...(tags ? ['tags'] : [])] },
      })
      imageChanged(tx, 'updated', image, before)
      return imageRow(image, ownProject(ctx))
    }),
})
