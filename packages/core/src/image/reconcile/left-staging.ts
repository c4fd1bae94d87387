import type { Services } from '../../kernel/index.ts'
import { dropStaging, listStaging } from '../uploads/staging.ts'

/** Younger files may belong to an upload that is just being committed. */
const graceMs = 10 * 60_000

/** Removes staged files of images that wait for none any more. @returns of how many images */
export async function removeLeftStaging(
  { db, config }: Pick<Services, 'db' | 'config'>,
  { now = new Date() } = {},
): Promise<number> {
  const old = (await listStaging(config)).filter(
    ({ modifiedAt }) => now.getTime() - modifiedAt.getTime() >= graceMs,
  )
  const ids = [...new Set(old.map(({ imageId }) => imageId))]
  if (ids.length === 0) return 0
  const wanted = await db.image.findMany({
    where: { id: { in: ids }, status: { in: ['uploading', 'importing'] } },
    select: { id: true },
  })
  const left = ids.filter((id) => !wanted.some((image) => image.id === id))
  for (const id of left) await dropStaging(config, id)
  return left.length
}
