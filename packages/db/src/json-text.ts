/**
 * A filter for a column of JSON: objects whose member `name` is exactly this text. Here and not in the callers,
 * because databases write the way to a member differently.
 */
export const jsonText = (name: string, value: string): { path: string[]; equals: string } => ({
  path: [name],
  equals: value,
})
