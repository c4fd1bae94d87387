'use client'
import { isBookkeeping, knownProperty } from '@nephos/core/image-properties'
import { Pencil, SlidersHorizontal } from 'lucide-react'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import type { ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { linesOf } from './property-draft.ts'
import type { ImageRow } from './row.ts'

interface PropertyRow {
  id: string
  value: string
}

const columns: readonly Column<PropertyRow>[] = [
  { key: 'name', header: 'Name', cell: (row) => <Copyable value={row.id} what="name" /> },
  {
    key: 'value',
    header: 'Value',
    cell: (row) => (row.value ? <Copyable value={row.value} what="value" /> : <i>empty</i>),
  },
  {
    key: 'what',
    header: 'Meaning',
    from: 'md',
    cell: (row) => (
      <span className="text-muted">
        {knownProperty(row.id)?.what ??
          (isBookkeeping(row.id) ? 'Written by the tool that made the image.' : 'Free text.')}
      </span>
    ),
  },
]

/** What is said of the system inside and of the machine that it needs. */
export function ImagePropertiesCard({ image, edit }: { image: ImageRow; edit: ResolvedAction }) {
  return (
    <Card
      title="Properties"
      className="lg:col-span-2"
      flush
      action={
        <Button size="sm" reason={edit.reason} onClick={edit.run}>
          <Pencil aria-hidden="true" /> Edit properties
        </Button>
      }
    >
      <DataTable
        label={`Properties of ${image.name}`}
        columns={columns}
        rows={linesOf(image.properties).map(({ name, value }) => ({ id: name, value }))}
        nameOf={(row) => row.id}
        empty={
          <EmptyState icon={SlidersHorizontal} title="No properties">
            Properties tell which system is inside, and change the machine that starts from it: its firmware,
            disks, network card, or which hosts suit it.
          </EmptyState>
        }
      />
    </Card>
  )
}
