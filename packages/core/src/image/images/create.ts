import { type Image, newId } from '@nephos/db'
import { z } from 'zod'
import {
  type Ctx,
  defineVerb,
  isAdmin,
  type MutationTx,
  mutate,
  NephosError,
  requireProject,
  takeQuota,
} from '../../kernel/index.ts'
import { diskFormat, imageFields } from './fields.ts'
import { type ImageRow, imageChanged, imageRow } from './row.ts'

const input = z.object({
  name: imageFields.name,
  /** Left out: what the uploaded file shows itself to be. */
  diskFormat: diskFormat.optional(),
  containerFormat: z.enum(['bare'], 'Only bare images can be used.').default('bare'),
  visibility: imageFields.visibility.default('private'),
  protected: z.boolean().default(false),
  minDiskGib: imageFields.minDiskGib.default(0),
  minRamMib: imageFields.minRamMib.default(0),
  properties: imageFields.properties.default({}),
})

/** Makes an image without data, in status queued; {@link uploadImage} fills it. */
export const createImage = defineVerb({
  name: 'image.images.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input,
  run: async ({ ctx, input }): Promise<ImageRow> => {
    const project = requireProject(ctx)
    requirePublisher(ctx, input.visibility)
    return mutate(ctx, async (tx) => imageRow(await insertImage(tx, project.id, input)))
  },
})

/** Only administrators make images public. @throws NephosError forbidden */
export function requirePublisher(ctx: Ctx, visibility: string | undefined): void {
  if (visibility === 'public' && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only administrators make images public.', {
      field: 'visibility',
      remedy: 'Keep it private, or ask an administrator to publish it.',
    })
}

/** Writes a new image of a project and takes its quota. */
export async function insertImage(
  tx: MutationTx,
  projectId: string,
  fields: z.output<typeof input> & { instanceId?: string; backupType?: string },
): Promise<Image> {
  const image = await tx.db.image.create({
    data: { ...fields, id: newId(), projectId, diskFormat: fields.diskFormat ?? '' },
  })
  tx.audit({
    verb: 'image.images.create',
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    projectId,
  })
  imageChanged(tx, 'created', image)
  await takeQuota(tx.db, projectId, { images: 1 })
  return image
}
