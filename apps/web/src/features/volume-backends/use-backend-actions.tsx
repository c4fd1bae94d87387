'use client'
import { Ban, CircleCheck, Gauge } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import type { BackendRow } from './row.ts'

/** What an administrator can do to a back end: in its row, and on its page. */
export function useBackendActions(): (row: BackendRow) => ResolvedAction[] {
  const { backends } = useTRPCClient().volume
  const panel = usePanel()
  const enable = async (row: BackendRow) => {
    try {
      await backends.update.mutate({ id: row.id, enabled: true })
      toast.success(`${row.name} takes new volumes again`)
    } catch (error) {
      toastRefusal(`Cannot enable ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'capacity',
      label: 'Change capacity',
      icon: Gauge,
      reason: null,
      run: () => panel.open('volume-backend-capacity', row.id),
    },
    row.enabled
      ? {
          id: 'disable',
          label: 'Disable',
          icon: Ban,
          reason: null,
          run: () => panel.open('volume-backend-disable', row.id),
        }
      : { id: 'enable', label: 'Enable', icon: CircleCheck, reason: null, run: () => void enable(row) },
  ]
}
