import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { findImage } from '../images/find.ts'
import { type ImageRow, imageChanged, imageParts, imageRow } from '../images/row.ts'
import { imageStore } from '../store/open-store.ts'

/**
 * Removes the bytes of an image from one of its stores; it stays in the others.
 * @throws NephosError not_found when the store does not have them; conflict when no other store does
 */
export const dropFromStore = defineVerb({
  name: 'image.stores.drop',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), store: z.string() }),
  run: async ({ ctx, input: { id, store } }): Promise<ImageRow> => {
    // Nobody reads there any more before anything is removed; a crash in between leaves an orphan, which is swept.
    const { row, key } = await mutate(ctx, async (tx) => {
      const image = await findImage(ctx, id, tx.db)
      const locations = await tx.db.imageLocation.findMany({ where: { imageId: id, status: 'active' } })
      const location = locations.find((it) => it.store === store)
      if (!location) throw notFound('image in store', store)
      if (locations.length === 1)
        throw conflict(`${store} is the only store that has image ${image.name}.`, {
          remedy: 'Copy it to another store first, or delete the image.',
        })
      await tx.db.imageLocation.delete({ where: { imageId_store: { imageId: id, store } } })
      // Two who remove the last two at once meet at the image's generation.
      const { count } = await tx.db.image.updateMany({
        where: { id, generation: image.generation },
        data: { generation: { increment: 1 } },
      })
      if (count === 0) throw conflict(`Image ${image.name} was just changed by someone else.`)
      tx.audit({
        verb: 'image.stores.drop',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { store },
      })
      const changed = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
      imageChanged(tx, 'updated', changed)
      return { row: imageRow(changed), key: location.key }
    })
    await imageStore(ctx.config, store)
      .delete(key)
      .catch((err) => ctx.log.warn({ err, store }, 'what was dropped stays in its store for now'))
    return row
  },
})
