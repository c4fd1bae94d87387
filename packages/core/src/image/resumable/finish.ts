import { rename } from 'node:fs/promises'
import { authorise, type Ctx, conflict, fromZod, mutate, noJson } from '../../kernel/index.ts'
import type { ImageRow } from '../images/row.ts'
import { beginImport } from '../import/import.ts'
import { imageStores } from '../store/open-store.ts'
import { stagedFile } from '../uploads/staging.ts'
import { findUpload, uploadName } from './find.ts'
import { gatheredFile, gatheredSize } from './staging.ts'

/**
 * Has the file of an upload imported whose parts have all arrived: it is checked, converted where it has to be, and
 * stored in the background.
 * @throws NephosError not_found, forbidden; conflict with `detail.offset` while parts are missing, or when the upload
 * is over
 */
export async function finishUpload({
  ctx,
  input,
}: {
  ctx: Ctx
  input: { id: string; uploadId: string }
}): Promise<{ operationId: string; image: ImageRow }> {
  authorise(ctx, 'image.uploads.finish', { scope: 'project', role: 'member' })
  const parsed = uploadName.safeParse(input)
  if (!parsed.success) throw fromZod(parsed.error)
  const { id, uploadId } = parsed.data
  const { size } = await findUpload(ctx, parsed.data)
  const gathered = gatheredFile(ctx.config, id, uploadId)
  const whole = stagedFile(ctx.config, id)
  const offset = await gatheredSize(gathered)
  // Whoever asked before may have died right after it was renamed.
  if (offset === 0 && (await gatheredSize(whole)) === size) return begin(ctx, parsed.data, size)
  if (offset !== size)
    throw conflict(`Only ${offset} of ${size} bytes have arrived.`, { detail: { reason: 'offset', offset } })
  await rename(gathered, whole)
  return begin(ctx, parsed.data, size)
}

const begin = (ctx: Ctx, name: { id: string; uploadId: string }, size: number) =>
  mutate(ctx, async (tx) => {
    const { image } = await findUpload({ ...ctx, tx }, name)
    const { count } = await tx.db.image.updateMany({
      where: { id: image.id, generation: image.generation, uploadToken: name.uploadId, status: 'uploading' },
      data: { stagedBytes: size, importTask: noJson, uploadToken: null, generation: { increment: 1 } },
    })
    if (count === 0) throw conflict(`The upload to image ${image.name} was cancelled.`)
    const staged = await tx.db.image.findUniqueOrThrow({ where: { id: image.id } })
    const [store] = imageStores(ctx.config)
    return beginImport(tx, staged, {
      method: 'glance-direct',
      stores: [store!.name],
      allStoresMustSucceed: true,
    })
  })
