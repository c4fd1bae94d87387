import { newId } from '@nephos/db'
import { z } from 'zod'
import { maxTags } from '../../compute/instances/tags.ts'
import { type Ctx, invalid, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { kindField, type TaggedKind, tagged } from './kinds.ts'

/** Something that has tags. */
export const taggedInput = z.object({ kind: kindField, id: idField })

/** What a change of tags answers. */
export interface TagsChanged {
  kind: TaggedKind
  id: string
  /** All of them, in order. */
  tags: string[]
}

const columns = {
  network: 'networkId',
  subnet: 'subnetId',
  port: 'portId',
  router: 'routerId',
  floatingIp: 'floatingIpId',
  securityGroup: 'securityGroupId',
} as const satisfies Record<TaggedKind, string>

/**
 * Changes the tags of something to what `next` makes of them.
 * @throws NephosError not_found, forbidden for what belongs to another project, invalid_input when there would be too many
 */
export const changeTags = (
  ctx: Ctx,
  { kind, id }: z.output<typeof taggedInput>,
  verb: string,
  next: (before: string[]) => string[],
): Promise<TagsChanged> =>
  mutate(ctx, async (tx) => {
    const { lock, announce } = tagged[kind]
    const { resourceType, projectId, name } = await lock(ctx, tx, id)
    const of = { [columns[kind]]: id }
    const found = await tx.db.networkTag.findMany({ where: of, orderBy: { tag: 'asc' } })
    const before = found.map(({ tag }) => tag)
    const tags = [...new Set(next(before))].sort()
    if (tags.length > maxTags)
      throw invalid('tag', `There are at most ${maxTags} tags on one thing.`, 'Remove one of them first.')
    const added = tags.filter((tag) => !before.includes(tag))
    const removed = before.filter((tag) => !tags.includes(tag))
    if (added.length + removed.length === 0) return { kind, id, tags }
    await tx.db.networkTag.deleteMany({ where: { ...of, tag: { in: removed } } })
    await tx.db.networkTag.createMany({ data: added.map((tag) => ({ id: newId(), tag, ...of })) })
    tx.audit({
      verb,
      resourceType,
      resourceId: id,
      resourceName: name,
      projectId,
      detail: { before, after: tags },
    })
    await announce(ctx, tx, id)
    return { kind, id, tags }
  })
