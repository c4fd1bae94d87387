/** The words on a thing, beside its name. Of many only the first are shown. */
export function TagChips({ tags, most = 3 }: { tags: readonly string[]; most?: number }) {
  if (tags.length === 0) return null
  const more = tags.slice(most)
  return (
    <span className="inline-flex min-w-0 items-center gap-1" title={`Tags: ${tags.join(', ')}`}>
      {tags.slice(0, most).map((tag) => (
        <span
          key={tag}
          className="max-w-24 truncate rounded-md border border-line bg-raised px-1.5 text-xs leading-5 text-muted"
        >
          {tag}
        </span>
      ))}
      {more.length > 0 && <span className="text-xs text-subtle">+{more.length}</span>}
    </span>
  )
}
