/** Limits as people type them: memory in GiB and storage in GiB, the rest as numbers; empty is the default. */
const factors: Record<string, { unit: string; factor: number }> = {
  ram: { unit: 'GiB', factor: 1024 },
  image_bytes: { unit: 'GiB', factor: 1024 ** 3 },
}

/** The unit that a limit is typed in, or null for a plain number. */
export const limitUnit = (resource: string): string | null => factors[resource]?.unit ?? null

/** A limit for its text field; -1 stays -1. */
export const limitText = (resource: string, limit: number): string =>
  limit < 0 ? '-1' : String(Number((limit / (factors[resource]?.factor ?? 1)).toFixed(3)))

/**
 * Reads what was typed. `null` returns to the default; `problem` says why it is no limit.
 * @example readLimit('ram', '50') → { limit: 51200 }
 */
export function readLimit(resource: string, text: string): { limit: number | null; problem: string | null } {
  const typed = text.trim()
  if (typed === '') return { limit: null, problem: null }
  const value = Number(typed.replace(',', '.'))
  if (!Number.isFinite(value)) return { limit: null, problem: 'A limit is a number.' }
  if (value === -1) return { limit: -1, problem: null }
  if (value < 0) return { limit: null, problem: 'A limit is 0 or more, or -1 for unlimited.' }
  const { factor } = factors[resource] ?? { factor: 1 }
  if (factor === 1 && !Number.isInteger(value)) return { limit: null, problem: 'A limit is a whole number.' }
  return { limit: Math.round(value * factor), problem: null }
}

/** The limits that differ from what is in force, in the server's units. */
export function changedLimits(
  current: readonly { resource: string; limit: number }[],
  texts: Record<string, string>,
): { limits: Record<string, number | null>; problems: Record<string, string> } {
  const limits: Record<string, number | null> = {}
  const problems: Record<string, string> = {}
  for (const { resource, limit } of current) {
    const text = texts[resource]
    if (text === undefined || text.trim() === limitText(resource, limit)) continue
    const read = readLimit(resource, text)
    if (read.problem) problems[resource] = read.problem
    else limits[resource] = read.limit
  }
  return { limits, problems }
}
