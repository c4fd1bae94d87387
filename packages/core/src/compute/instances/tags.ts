import type { Tx } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, invalid, type MutationTx } from '../../kernel/index.ts'
import { editInstance } from './edit-columns.ts'
import type { InstanceRow } from './row.ts'

/** Most tags that an instance can have, as in Nova. */
export const maxTags = 50

/** A tag: 1 to 60 characters, without the comma and the slash that lists and paths need. */
export const tagInput = z
  .string()
  .trim()
  .min(1, 'A tag has at least one character.')
  .max(60, 'A tag has at most 60 characters.')
  .regex(/^[^,/\p{Cc}]+$/u, 'A tag has no comma, no slash and no control characters.')

/** Several tags, each once. */
export const tagsInput = z
  .array(tagInput)
  .transform((tags) => [...new Set(tags)])
  .refine((tags) => tags.length <= maxTags, `An instance has at most ${maxTags} tags.`)

/** The tags of an instance in order. */
export const readTags = async (db: Tx, instanceId: string): Promise<string[]> =>
  (
    await db.instanceTag.findMany({ where: { instanceId }, select: { tag: true }, orderBy: { tag: 'asc' } })
  ).map(({ tag }) => tag)

/**
 * Changes the tags of an instance to what `next` makes of them.
 * @throws NephosError not_found, invalid_input when there would be too many, conflict
 */
export async function changeTags(
  ctx: Ctx,
  id: string,
  verb: string,
  next: (before: string[]) => string[],
): Promise<{ instance: InstanceRow; tags: string[] }> {
  let tags: string[] = []
  const instance = await editInstance(ctx, {
    id,
    action: 'editTags',
    verb,
    change: async (_record, tx) => {
      const before = await readTags(tx.db, id)
      tags = [...new Set(next(before))].sort()
      if (tags.length > maxTags)
        throw invalid('tag', `An instance has at most ${maxTags} tags.`, 'Remove one of them first.')
      return (await write(tx, id, before, tags)) ? { columns: {}, detail: { before, after: tags } } : null
    },
  })
  return { instance, tags }
}

async function write(
  tx: MutationTx,
  instanceId: string,
  before: string[],
  after: string[],
): Promise<boolean> {
  const added = after.filter((tag) => !before.includes(tag))
  const removed = before.filter((tag) => !after.includes(tag))
  if (removed.length > 0) await tx.db.instanceTag.deleteMany({ where: { instanceId, tag: { in: removed } } })
  if (added.length > 0)
    await tx.db.instanceTag.createMany({ data: added.map((tag) => ({ instanceId, tag })) })
  return added.length + removed.length > 0
}
