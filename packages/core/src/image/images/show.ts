import { defineVerb } from '../../kernel/index.ts'
import { imageId } from './fields.ts'
import { findImage, ownProject } from './find.ts'
import { type ImageRow, imageRow } from './row.ts'

/** One image. @throws NephosError not_found */
export const showImage = defineVerb({
  name: 'image.images.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: imageId,
  run: async ({ ctx, input }): Promise<ImageRow> => imageRow(await findImage(ctx, input.id), ownProject(ctx)),
})
