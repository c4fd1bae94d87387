'use client'
import { aggregateKeyMeaning } from '@nephos/core/aggregate-keys'
import { Pencil, Plus, Tags, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import type { AggregateRow } from './row.ts'

interface Item {
  id: string
  value: string
}

const columns: readonly Column<Item>[] = [
  {
    key: 'key',
    header: 'Key',
    cell: (row) => (
      <span className="block">
        <Copyable value={row.id} what="key" />
        <span className="block min-w-48 whitespace-normal py-0.5 text-xs text-subtle">
          {aggregateKeyMeaning(row.id)}
        </span>
      </span>
    ),
  },
  { key: 'value', header: 'Value', cell: (row) => <Copyable value={row.value} what="value" /> },
]

/** What the scheduler reads of an aggregate. */
export function AggregateMetadataCard({ aggregate }: { aggregate: AggregateRow }) {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const rows = Object.entries(aggregate.metadata)
    .map(([id, value]) => ({ id, value }))
    .sort((a, b) => a.id.localeCompare(b.id))
  const remove = async ({ id }: Item) => {
    const yes = await confirm({
      title: 'Remove this item?',
      consequence: 'no longer decides which instances go to these hosts. Instances that are there stay.',
      names: [id],
      noun: 'item',
      verb: 'Remove',
    })
    if (!yes) return
    const { [id]: _, ...metadata } = aggregate.metadata
    try {
      await api.compute.aggregates.setMetadata.mutate({ id: aggregate.id, metadata })
      toast.success(`${id} removed`)
    } catch (error) {
      toastRefusal(`Cannot remove ${id}`, error)
    }
  }
  return (
    <Card
      title="Metadata"
      flush
      action={
        <Button size="sm" onClick={() => panel.open('aggregate-metadata', aggregate.id)}>
          <Plus aria-hidden="true" /> Set metadata
        </Button>
      }
    >
      <DataTable
        label={`Metadata of ${aggregate.name}`}
        columns={columns}
        rows={rows}
        nameOf={(row) => row.id}
        menu={(row) => (
          <ActionMenu
            name={row.id}
            id={row.id}
            actions={[
              {
                id: 'change',
                label: 'Change',
                icon: Pencil,
                reason: null,
                run: () => panel.open('aggregate-metadata', `${aggregate.id}/${row.id}`),
              },
              {
                id: 'remove',
                label: 'Remove',
                icon: Trash2,
                danger: true,
                reason: null,
                run: () => void remove(row),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Tags} title="No metadata">
            The scheduler compares them with flavors, images and projects, and some change how it weighs.
          </EmptyState>
        }
      />
    </Card>
  )
}
