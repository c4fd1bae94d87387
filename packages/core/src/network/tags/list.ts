import { z } from 'zod'
import { defineVerb, reader, requireProject } from '../../kernel/index.ts'
import { kindField, tagged } from './kinds.ts'

/** A tag with how many things of one kind have it. */
export interface NetworkTagRow {
  tag: string
  count: number
}

/** Every tag that things of one kind of the project have, the most frequent first; at most 500. */
export const listTags = defineVerb({
  name: 'network.tags.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ kind: kindField }),
  run: async ({ ctx, input: { kind } }): Promise<NetworkTagRow[]> => {
    const groups = await reader(ctx).networkTag.groupBy({
      by: ['tag'],
      where: tagged[kind].ofProject(requireProject(ctx).id),
      _count: { id: true },
      orderBy: [{ _count: { id: 'desc' } }, { tag: 'asc' }],
      take: 500,
    })
    return groups.map(({ tag, _count }) => ({ tag, count: _count.id }))
  },
})
