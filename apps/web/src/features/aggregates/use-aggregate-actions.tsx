'use client'
import { Pencil, Plus, Server, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { AggregateRow } from './row.ts'

/** What an administrator can do to an aggregate: in its row, on its page and in the palette. */
export function useAggregateActions(): (row: AggregateRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const remove = async (row: AggregateRow) => {
    const yes = await confirm({
      title: 'Delete this aggregate?',
      consequence: 'is removed with its metadata. It has no hosts.',
      names: [row.name],
      noun: 'aggregate',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.compute.aggregates.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: null,
      run: () => panel.open('aggregate-edit', row.id),
    },
    {
      id: 'host',
      label: 'Add host',
      icon: Server,
      reason: null,
      run: () => panel.open('aggregate-host', row.id),
    },
    {
      id: 'metadata',
      label: 'Set metadata',
      icon: Plus,
      reason: null,
      run: () => panel.open('aggregate-metadata', row.id),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason: row.hostIds.length > 0 ? 'It still has hosts. Remove them first.' : null,
      run: () => void remove(row),
    },
  ]
}
