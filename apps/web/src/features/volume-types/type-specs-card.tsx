'use client'
import { Pencil, Plus, SlidersHorizontal, Trash2 } from 'lucide-react'
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
import { specMeaning, type VolumeTypeRow } from './row.ts'

interface SpecRow {
  id: string
  value: string
}

const columns: readonly Column<SpecRow>[] = [
  { key: 'key', header: 'Name', cell: (row) => <Copyable value={row.id} what="name" /> },
  { key: 'value', header: 'Value', cell: (row) => <Copyable value={row.value} what="value" /> },
  {
    key: 'what',
    header: 'Meaning',
    from: 'md',
    cell: (row) => <span className="whitespace-normal text-muted">{specMeaning(row.id)}</span>,
  },
]

/** What a type asks of the back ends that keep its volumes. */
export function TypeSpecsCard({ type }: { type: VolumeTypeRow }) {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const rows = Object.entries(type.extraSpecs)
    .map(([id, value]) => ({ id, value }))
    .sort((a, b) => a.id.localeCompare(b.id))
  const remove = async ({ id }: SpecRow) => {
    const yes = await confirm({
      title: 'Remove this extra spec?',
      consequence: 'no longer decides where new volumes go. Volumes that exist stay where they are.',
      names: [id],
      noun: 'extra spec',
      verb: 'Remove',
    })
    if (!yes) return
    const { [id]: _removed, ...extraSpecs } = type.extraSpecs
    try {
      await api.volume.types.update.mutate({ id: type.id, extraSpecs })
      toast.success(`${id} removed`)
    } catch (error) {
      toastRefusal(`Cannot remove ${id}`, error)
    }
  }
  const add = (
    <Button size="sm" onClick={() => panel.open('volume-type-spec', type.id)}>
      <Plus aria-hidden="true" /> Set extra spec
    </Button>
  )
  return (
    <Card title="Extra specs" action={add} className="lg:col-span-2" flush>
      <DataTable
        label={`Extra specs of ${type.name}`}
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
                run: () => panel.open('volume-type-spec', `${type.id}/${row.id}`),
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
          <EmptyState icon={SlidersHorizontal} title="No extra specs">
            Its volumes go wherever there is room. Extra specs say which back ends suit it, and whether
            several instances may have a volume at once.
          </EmptyState>
        }
      />
    </Card>
  )
}
