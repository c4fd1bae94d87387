'use client'
import { Gauge, Pencil, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { QosPolicyRow } from './row.ts'

/** What can be done to a QoS policy: in its row, on its page and in the palette. */
export function useQosActions(): (row: QosPolicyRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const readOnly = useWhyReadOnly()
  const { isAdmin, project } = useSession()
  const remove = async (row: QosPolicyRow) => {
    const yes = await confirm({
      title: 'Delete this QoS policy?',
      consequence: 'is removed. It is refused while a network or a port has it.',
      names: [row.name],
      noun: 'QoS policy',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.network.qosPolicies.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => {
    const reason =
      readOnly ??
      (isAdmin || row.projectId === project?.id
        ? null
        : 'It belongs to another project; it can be used, but only its owner changes it.')
    return [
      {
        id: 'limits',
        label: 'Change limits',
        icon: Gauge,
        reason,
        run: () => panel.open('qos-policy-limits', row.id),
      },
      { id: 'edit', label: 'Edit', icon: Pencil, reason, run: () => panel.open('qos-policy-edit', row.id) },
      { id: 'delete', label: 'Delete', icon: Trash2, danger: true, reason, run: () => void remove(row) },
    ]
  }
}
