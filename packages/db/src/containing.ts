/**
 * A filter for text that has `part` somewhere in it, whatever the case of its letters. Here and not in the callers,
 * because databases differ in it: what MySQL and SQLite do by themselves, PostgreSQL has to be asked for.
 * `%` and `_` stand for themselves.
 */
export const containing = (part: string): { contains: string; mode: 'insensitive' } => ({
  contains: part.replaceAll(/[\\%_]/g, '\\$&'),
  mode: 'insensitive',
})
