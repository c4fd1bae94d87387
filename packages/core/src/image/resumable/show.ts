import { authorise, type Ctx, fromZod } from '../../kernel/index.ts'
import { findUpload, uploadName } from './find.ts'
import { checkOf, type GatheredCheck, gatheredFile, gatheredSize } from './staging.ts'

/** How far an upload in parts is, as the disk knows. */
export interface UploadState {
  offset: number
  size: number
  fileName: string
  /** By which a sender sees whether its file is the one that was begun; null before anything has arrived. */
  check: GatheredCheck | null
}

/**
 * How far an upload in parts is. Where the API runs, as the parts are on its disk.
 * @throws NephosError not_found, forbidden, conflict when it is over
 */
export async function showUpload({
  ctx,
  input,
}: {
  ctx: Ctx
  input: { id: string; uploadId: string }
}): Promise<UploadState> {
  authorise(ctx, 'image.uploads.show', { scope: 'project', role: 'member' })
  const parsed = uploadName.safeParse(input)
  if (!parsed.success) throw fromZod(parsed.error)
  const { task, size } = await findUpload(ctx, parsed.data)
  const path = gatheredFile(ctx.config, parsed.data.id, task.uploadId)
  const offset = await gatheredSize(path)
  return { offset, size, fileName: task.fileName, check: await checkOf(path, offset) }
}
