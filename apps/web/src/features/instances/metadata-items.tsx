'use client'
import { Plus, X } from 'lucide-react'
import { Button } from '#ui/button.tsx'
import { Input } from '#ui/input.tsx'

/** One item of metadata while it is edited. */
export interface MetadataItem {
  /** Stays the same while its key is typed. */
  place: number
  key: string
  value: string
}

/** What is entered, as the cloud takes it. */
export const metadataOf = (items: readonly MetadataItem[]): Record<string, string> =>
  Object.fromEntries(items.map(({ key, value }) => [key.trim(), value]))

/** Why the items cannot be stored, or null. */
export function metadataProblem(items: readonly MetadataItem[]): string | null {
  if (items.some(({ key }) => !key.trim())) return 'Every item needs a key.'
  const keys = items.map(({ key }) => key.trim())
  return new Set(keys).size < keys.length ? 'A key stands there twice.' : null
}

/** Editor of key and value pairs. */
export function MetadataItems({
  items,
  onChange,
}: {
  items: readonly MetadataItem[]
  onChange: (items: MetadataItem[]) => void
}) {
  const change = (place: number, part: Partial<MetadataItem>) =>
    onChange(items.map((item) => (item.place === place ? { ...item, ...part } : item)))
  const next = Math.max(-1, ...items.map(({ place }) => place)) + 1
  return (
    <>
      <ul aria-label="Items" className="flex flex-col gap-2 empty:hidden">
        {items.map(({ place, key, value }) => (
          <li key={place} className="flex items-center gap-2">
            <Input
              aria-label="Key"
              value={key}
              maxLength={255}
              onChange={(event) => change(place, { key: event.target.value })}
            />
            <Input
              aria-label={key ? `Value of ${key}` : 'Value'}
              value={value}
              maxLength={255}
              onChange={(event) => change(place, { value: event.target.value })}
            />
            <Button
              variant="ghost"
              size="icon"
              aria-label={`Remove ${key || 'item'}`}
              onClick={() => onChange(items.filter((item) => item.place !== place))}
            >
              <X aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
      <Button
        size="sm"
        className="self-start"
        onClick={() => onChange([...items, { place: next, key: '', value: '' }])}
      >
        <Plus aria-hidden="true" /> Add item
      </Button>
    </>
  )
}
