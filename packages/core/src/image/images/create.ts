import { isUniqueViolation, newId } from '@nephos/db'
import { z } from 'zod'
import {
  conflict,
  defineVerb,
  type MutationTx,
  mutate,
  requireProject,
  takeQuota,
} from '../../kernel/index.ts'
import { beginImport, checkUri, chosenStores } from '../import/import.ts'
import { expectedHash, importUri } from '../import/task.ts'
import { checkProperties } from '../properties/check.ts'
import type { StoreConfig } from '../store/open-store.ts'
import { diskFormat, imageFields } from './fields.ts'
import { type ImageRow, type ImageWithParts, imageChanged, imageParts, imageRow } from './row.ts'
import { requirePublisher } from './visibility.ts'

const input = z.object({
  /** Left out: a new one. */
  id: z.uuid().optional(),
  name: imageFields.name,
  /** Left out: what the uploaded file shows itself to be. */
  diskFormat: diskFormat.optional(),
  containerFormat: z.enum(['bare'], 'Only bare images can be used.').default('bare'),
  visibility: imageFields.visibility.default('private'),
  protected: z.boolean().default(false),
  hidden: z.boolean().default(false),
  minDiskGib: imageFields.minDiskGib.default(0),
  minRamMib: imageFields.minRamMib.default(0),
  properties: imageFields.properties.default({}),
  tags: imageFields.tags.default([]),
  /** Has its file fetched from an address at once, as `image.images.import` does with `web-download`. */
  import: z
    .object({ uri: importUri, hash: expectedHash.optional(), stores: z.array(z.string()).max(32).optional() })
    .optional(),
})

/** What is said of a new image; what is left out is as with {@link createImage}. */
export interface NewImage extends Omit<z.output<typeof input>, 'id' | 'hidden' | 'tags' | 'import'> {
  id?: string
  hidden?: boolean
  tags?: string[]
  instanceId?: string
  backupType?: string
}

/**
 * Makes an image without data, in status queued; {@link uploadImage} fills it, or what `import` names.
 * @throws NephosError conflict for an id that is taken
 */
export const createImage = defineVerb({
  name: 'image.images.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input,
  run: async ({ ctx, input: { import: download, ...input } }): Promise<ImageRow> => {
    const project = requireProject(ctx)
    requirePublisher(ctx, input.visibility)
    checkProperties(input.properties)
    if (download) checkUri(download.uri, 'import.uri')
    try {
      return await mutate(ctx, async (tx) => {
        const image = await writeImage(tx, project.id, input)
        const row = download
          ? (await beginImport(tx, image, downloadOf(ctx.config, download))).image
          : imageRow(image, project.id)
        await takeQuota(tx.db, project.id, { images: 1 })
        return row
      })
    } catch (error) {
      if (!input.id || !isUniqueViolation(error)) throw error
      throw conflict(`There is an image ${input.id} already.`, {
        field: 'id',
        remedy: 'Leave the id out, or choose another one.',
      })
    }
  },
})

const downloadOf = (
  config: StoreConfig,
  { uri, hash, stores }: NonNullable<z.output<typeof input>['import']>,
) => ({
  method: 'web-download' as const,
  uri,
  hash,
  stores: chosenStores(config, { stores }, 'import.stores'),
  allStoresMustSucceed: true,
})

/** Writes a new image of a project and takes its quota. */
export async function insertImage(
  tx: MutationTx,
  projectId: string,
  image: NewImage,
): Promise<ImageWithParts> {
  const written = await writeImage(tx, projectId, image)
  await takeQuota(tx.db, projectId, { images: 1 })
  return written
}

async function writeImage(
  tx: MutationTx,
  projectId: string,
  { tags = [], ...fields }: NewImage,
): Promise<ImageWithParts> {
  const image = await tx.db.image.create({
    data: {
      ...fields,
      id: fields.id ?? newId(),
      projectId,
      diskFormat: fields.diskFormat ?? '',
      ...(tags.length > 0 && { tags: { create: tags.map((tag) => ({ tag })) } }),
    },
    include: imageParts,
  })
  tx.audit({
    verb: 'image.images.create',
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    projectId,
  })
  imageChanged(tx, 'created', image)
  return image
}
