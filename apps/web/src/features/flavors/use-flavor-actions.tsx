'use client'
import { Ban, CircleCheck, Pencil, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { FlavorRow } from './row.ts'

/** What an administrator can do to a flavor: in its row, and on its page. */
export function useFlavorActions(): (row: FlavorRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const toggle = async (row: FlavorRow) => {
    try {
      await api.compute.flavors.update.mutate({ id: row.id, disabled: !row.disabled })
      toast.success(`${row.name} ${row.disabled ? 'enabled' : 'disabled'}`)
    } catch (error) {
      toastRefusal(`Cannot change ${row.name}`, error)
    }
  }
  const remove = async (row: FlavorRow) => {
    const yes = await confirm({
      title: 'Delete this flavor?',
      consequence: 'can no longer be chosen. Instances made of it keep their sizes.',
      names: [row.name],
      noun: 'flavor',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.compute.flavors.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    { id: 'edit', label: 'Edit', icon: Pencil, reason: null, run: () => panel.open('flavor-edit', row.id) },
    {
      id: 'toggle',
      label: row.disabled ? 'Enable' : 'Disable',
      icon: row.disabled ? CircleCheck : Ban,
      reason: null,
      run: () => void toggle(row),
    },
    { id: 'delete', label: 'Delete', icon: Trash2, danger: true, reason: null, run: () => void remove(row) },
  ]
}
