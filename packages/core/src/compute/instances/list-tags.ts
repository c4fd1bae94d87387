import { z } from 'zod'
import { defineVerb, reader, requireProject } from '../../kernel/index.ts'

/** A tag with the number of instances of the project that have it. */
export interface TagRow {
  tag: string
  instances: number
}

/** Every tag that instances of the project have, the most frequent first; at most 500. */
export const listInstanceTags = defineVerb({
  name: 'compute.instances.tags',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<TagRow[]> => {
    const groups = await reader(ctx).instanceTag.groupBy({
      by: ['tag'],
      where: { instance: { projectId: requireProject(ctx).id } },
      _count: { instanceId: true },
      orderBy: [{ _count: { instanceId: 'desc' } }, { tag: 'asc' }],
      take: 500,
    })
    return groups.map(({ tag, _count }) => ({ tag, instances: _count.instanceId }))
  },
})
