'use client'
import { knownProperty } from '@nephos/core/image-properties'
import { Pencil, Tags } from 'lucide-react'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { type PanelName, usePanel } from '#features/panels/use-panel.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { volumeReason } from '../actions.ts'
import type { VolumeRow } from '../row.ts'
import { useVolumeAsker } from '../use-volume.ts'

interface Item {
  id: string
  value: string
}

const columns: readonly Column<Item>[] = [
  { key: 'key', header: 'Key', cell: (row) => <Copyable value={row.id} what="key" /> },
  {
    key: 'value',
    header: 'Value',
    cell: (row) => (row.value ? <Copyable value={row.value} what="value" /> : <i>empty</i>),
  },
]

const propertyColumns: readonly Column<Item>[] = [
  ...columns,
  {
    key: 'what',
    header: 'Meaning',
    from: 'md',
    cell: (row) => <span className="text-muted">{knownProperty(row.id)?.what ?? 'Of the image.'}</span>,
  },
]

const itemsOf = (text: Record<string, string>): Item[] =>
  Object.entries(text)
    .map(([id, value]) => ({ id, value }))
    .sort((a, b) => a.id.localeCompare(b.id))

/** What people keep with a volume, and what its image said. */
export function MetadataTab({ volume }: { volume: VolumeRow }) {
  const panel = usePanel()
  const reason = volumeReason('metadata', volume, useVolumeAsker())
  const edit = (name: PanelName) => (
    <Button size="sm" reason={reason} onClick={() => panel.open(name, volume.id)}>
      <Pencil aria-hidden="true" /> Edit
    </Button>
  )
  return (
    <div className="flex flex-col gap-4">
      <Card title="Metadata" action={edit('volume-metadata')} flush>
        <DataTable
          label="Metadata"
          columns={columns}
          rows={itemsOf(volume.metadata)}
          nameOf={(row) => row.id}
          empty={
            <EmptyState icon={Tags} title="No metadata">
              Keys and values of your own: whose data it is, what it is for.
            </EmptyState>
          }
        />
      </Card>
      {(volume.bootable || volume.imageProperties) && (
        <Card title="Image properties" action={edit('volume-image-metadata')} flush>
          <DataTable
            label="Image properties"
            columns={propertyColumns}
            rows={itemsOf(volume.imageProperties ?? {})}
            nameOf={(row) => row.id}
            empty={
              <EmptyState icon={Tags} title="No image properties">
                What an image says of the machine that it needs. Instances that boot from the volume follow
                it.
              </EmptyState>
            }
          />
        </Card>
      )}
    </div>
  )
}
