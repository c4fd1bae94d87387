import type { Tx } from '@nephos/db'
import { type Ctx, NephosError, quotaLimit } from '../../kernel/index.ts'

/**
 * What an upload of the project may have at most, as a check to call with the bytes so far. The quota is taken for
 * good when the file is complete; this only stops early what could not succeed.
 */
export async function allowance(ctx: Ctx, db: Tx, projectId: string): Promise<(bytes: number) => void> {
  const cap = ctx.config.imageSizeCap
  const resource = 'image_bytes'
  const limit = await quotaLimit(db, projectId, resource)
  const usage =
    limit < 0
      ? null
      : await db.quotaUsage.findUnique({
          where: { scope_scopeId_resource: { scope: 'project', scopeId: projectId, resource } },
        })
  const used = usage?.used ?? 0
  return (bytes) => {
    if (bytes > cap)
      throw new NephosError('too_large', `An image has at most ${cap} bytes here.`, {
        field: 'file',
        remedy: 'Make the image smaller, or ask an administrator to raise image_size_cap.',
        detail: { limit: cap },
      })
    if (limit >= 0 && used + bytes > limit)
      throw new NephosError(
        'quota_exceeded',
        `Quota exceeded for ${resource}: Requested ${bytes}, but already used ${used} of ${limit} ${resource}.`,
        {
          remedy: 'Delete images that are no longer needed, or ask an administrator for a higher quota.',
          detail: { resource, requested: bytes, used, limit },
        },
      )
  }
}
