'use client'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { count } from '#ui/format.ts'
import type { AddressGroupRow } from './row.ts'

/** What can be done to an address group: in its row and on its page. */
export function useAddressGroupActions(): (row: AddressGroupRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const readOnly = useWhyReadOnly()
  const remove = async (row: AddressGroupRow) => {
    const yes = await confirm({
      title: 'Delete this address group?',
      consequence: `is removed with its ${count(row.addresses.length, 'address', 'addresses')}. No rule names it.`,
      names: [row.name],
      noun: 'address group',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.network.addressGroups.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'add',
      label: 'Add addresses',
      icon: Plus,
      reason: readOnly,
      run: () => panel.open('address-group-add', row.id),
    },
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: readOnly,
      run: () => panel.open('address-group-edit', row.id),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason:
        readOnly ??
        (row.ruleCount > 0
          ? `${count(row.ruleCount, 'rule')} of security groups ${row.ruleCount === 1 ? 'names' : 'name'} it; remove them first.`
          : null),
      run: () => void remove(row),
    },
  ]
}
