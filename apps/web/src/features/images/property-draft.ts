import { isBookkeeping, knownProperty, wrongProperty } from '@nephos/core/image-properties'

/** One property as it is being edited. */
export interface PropertyLine {
  /** Stays the same while its name is typed. */
  key: number
  name: string
  value: string
}

/** The properties of an image as lines to edit: known ones first, what tools wrote last. */
export const linesOf = (properties: Record<string, string>): PropertyLine[] =>
  Object.entries(properties)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, value], key) => ({ key, name, value }))

const rank = (name: string): number => (isBookkeeping(name) ? 2 : knownProperty(name) ? 0 : 1)

/** A line more, with a key that no other has. */
export const withLine = (lines: readonly PropertyLine[], name = '', value = ''): PropertyLine[] => [
  ...lines,
  { key: Math.max(-1, ...lines.map(({ key }) => key)) + 1, name, value },
]

/** What is wrong with a line beside the others, as a sentence; null when nothing is. */
export function lineProblem(line: PropertyLine, lines: readonly PropertyLine[]): string | null {
  const name = line.name.trim()
  if (name === '') return line.value.trim() === '' ? null : 'Give the property a name.'
  if (lines.some((other) => other.key !== line.key && other.name.trim() === name))
    return `${name} is there twice.`
  return wrongProperty(name, line.value.trim())
}

/** Lines as the cloud takes them; empty ones are left out. `problem`: the first thing that is wrong. */
export function readLines(lines: readonly PropertyLine[]): {
  properties: Record<string, string>
  problem: string | null
} {
  const problem = lines.map((line) => lineProblem(line, lines)).find((found) => found !== null) ?? null
  const named = lines.filter(({ name }) => name.trim() !== '')
  return {
    properties: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value.trim()])),
    problem,
  }
}
