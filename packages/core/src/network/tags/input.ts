import { z } from 'zod'
import { maxTags, tagInput } from '../../compute/instances/tags.ts'

/** Tags to find something by: it has every one of them. */
export const tagsField = z
  .array(tagInput)
  .transform((tags) => [...new Set(tags)])
  .refine((tags) => tags.length <= maxTags, `There are at most ${maxTags} tags on one thing.`)

/** What to read with something to know its tags. */
export const withTags = { tags: { select: { tag: true }, orderBy: { tag: 'asc' } } } as const

/** The tags of something read {@link withTags}. */
export const tagsOf = ({ tags }: { tags: readonly { tag: string }[] }): string[] => tags.map(({ tag }) => tag)

/** Narrows a list to what has every one of these tags. */
export const havingTags = (tags: readonly string[] | undefined) => ({
  AND: (tags ?? []).map((tag) => ({ tags: { some: { tag } } })),
})
