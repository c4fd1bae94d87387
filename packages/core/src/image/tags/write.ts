import type { Tx } from '@nephos/db'
import type { ImageWithParts } from '../images/row.ts'

/** Makes these the tags of an image. @returns whether that changed anything */
export async function writeTags(
  db: Tx,
  { id, tags }: Pick<ImageWithParts, 'id' | 'tags'>,
  wanted: readonly string[],
): Promise<boolean> {
  const before = tags.map(({ tag }) => tag)
  const added = wanted.filter((tag) => !before.includes(tag))
  const removed = before.filter((tag) => !wanted.includes(tag))
  if (removed.length > 0) await db.imageTag.deleteMany({ where: { imageId: id, tag: { in: removed } } })
  if (added.length > 0) await db.imageTag.createMany({ data: added.map((tag) => ({ imageId: id, tag })) })
  return added.length + removed.length > 0
}
