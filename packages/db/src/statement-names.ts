const worthPreparing = 3
const mostNames = 200
const mostCounted = 2_000
const longestText = 16_384

/**
 * Gives names to the statements that come again, so that PostgreSQL parses and plans each of them once a connection and
 * not once a call. Statements that came only now and then, and long ones (inserts of many rows differ with their number),
 * stay nameless: every name holds memory in every connection.
 */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= mostNames || sql.length > longestText) return ''
    const count = (counts.get(sql) ?? 0) + 1
    if (count < worthPreparing) {
      if (counts.size >= mostCounted) counts.clear()
      counts.set(sql, count)
      return ''
    }
    counts.delete(sql)
    const name = `nephos-${names.size + 1}`
    names.set(sql, name)
    return name
  }
}
