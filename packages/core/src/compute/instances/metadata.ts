import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'

const maxItems = 128

/** Metadata of an instance: text by name. */
export const metadataInput = z
  .record(
    z.string().min(1, 'A metadata key is not empty.').max(255, 'A metadata key has at most 255 characters.'),
    z.string().max(255, 'A metadata value has at most 255 characters.'),
  )
  .refine(
    (items) => Object.keys(items).length <= maxItems,
    `An instance has at most ${maxItems} metadata items.`,
  )

/** Items with some set and some removed. @throws NephosError invalid_input when there would be too many */
export function mergedMetadata(
  before: Record<string, string>,
  set: Record<string, string>,
  remove: readonly string[],
): Record<string, string> {
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !remove.includes(key)))
  const merged = { ...kept, ...set }
  if (Object.keys(merged).length > maxItems)
    throw invalid('set', `An instance has at most ${maxItems} metadata items.`, 'Remove some of them first.')
  return merged
}
