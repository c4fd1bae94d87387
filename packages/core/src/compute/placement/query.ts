import { invalid } from '../../kernel/errors.ts'

/** A comparison of host values with constants; a text with `$` in front names a value of the host (`$free_ram_mb`). */
export interface HostComparison {
  op: '=' | '<' | '>' | '<=' | '>=' | 'in'
  values: (string | number)[]
}
/** What a host must be, as the hint `query` says it in Nova's JSON notation. */
export type HostQuery = HostComparison | { op: 'and' | 'or' | 'not'; parts: HostQuery[] }

const comparisons = ['=', '<', '>', '<=', '>=', 'in'] as const
const joins = ['and', 'or', 'not'] as const
const maxLength = 4_096
const maxDepth = 8
const maxTerms = 64
const field = 'hints.query'
const example = 'An example: ["and", [">=", "$free_ram_mb", 1024], ["=", "$host", "host1"]].'

/**
 * Reads the hint `query`: a JSON list of an operator and its arguments, at most 8 deep and with 64 terms in all.
 * @throws NephosError invalid_input naming hints.query
 */
export function parseHostQuery(text: string): HostQuery {
  if (text.length > maxLength)
    throw invalid(field, `The query has more than ${maxLength} characters.`, 'Shorten it.')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw invalid(field, 'The query is not JSON.', example)
  }
  let terms = 0
  const read = (term: unknown, depth: number): HostQuery => {
    if (depth > maxDepth || ++terms > maxTerms)
      throw invalid(
        field,
        `The query is too large: ${maxDepth} levels and ${maxTerms} terms are allowed.`,
        'Simplify it.',
      )
    if (!Array.isArray(term) || term.length < 2)
      throw invalid(field, 'Each term of the query is a list of an operator and its arguments.', example)
    const [op, ...rest] = term as unknown[]
    const join = joins.find((name) => name === op)
    if (join) return { op: join, parts: rest.map((part) => read(part, depth + 1)) }
    const comparison = comparisons.find((name) => name === op)
    if (!comparison)
      throw invalid(
        field,
        `The query has the operator ${JSON.stringify(op)?.slice(0, 40)}, which there is not.`,
        `Use one of ${[...comparisons, ...joins].join(', ')}.`,
      )
    const values = rest.filter((value) => typeof value === 'string' || typeof value === 'number')
    if (values.length !== rest.length || values.length < 2 || values.length > maxTerms)
      throw invalid(field, `${comparison} compares texts and numbers, at least two of them.`, example)
    return { op: comparison, values }
  }
  return read(json, 1)
}
