'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Input } from '#ui/input.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

interface Item {
  /** Stays the same while its key is typed. */
  place: number
  key: string
  value: string
}

/** Edits the metadata of an instance. */
export function MetadataDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const [edited, setEdited] = useState<Item[]>()
  const items =
    edited ?? Object.entries(instance?.metadata ?? {}).map(([key, value], place) => ({ place, key, value }))
  const change = (place: number, part: Partial<Item>) =>
    setEdited(items.map((item) => (item.place === place ? { ...item, ...part } : item)))
  return (
    <ActionForm
      action="editMetadata"
      row={row}
      title={`Metadata of ${row.name}`}
      description="The guest reads it from the metadata service."
      reason={whyNot(items, Boolean(instance), edited !== undefined)}
      submit={(instances) =>
        instances.setMetadata.mutate({
          id: row.id,
          set: Object.fromEntries(items.map(({ key, value }) => [key.trim(), value])),
          replace: true,
        })
      }
      onClose={onClose}
    >
      {() => (
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
                  onClick={() => setEdited(items.filter((item) => item.place !== place))}
                >
                  <X aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
          <Button
            size="sm"
            className="self-start"
            onClick={() =>
              setEdited([
                ...items,
                { place: Math.max(-1, ...items.map(({ place }) => place)) + 1, key: '', value: '' },
              ])
            }
          >
            <Plus aria-hidden="true" /> Add item
          </Button>
        </>
      )}
    </ActionForm>
  )
}

function whyNot(items: readonly Item[], read: boolean, edited: boolean): string | null {
  if (!read) return 'It is still being read.'
  if (!edited) return 'Nothing has changed.'
  if (items.some(({ key }) => !key.trim())) return 'Every item needs a key.'
  const keys = items.map(({ key }) => key.trim())
  return new Set(keys).size < keys.length ? 'A key stands there twice.' : null
}
