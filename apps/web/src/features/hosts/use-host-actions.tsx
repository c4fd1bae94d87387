'use client'
import { Ban, Boxes, CircleCheck } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import type { HostRow } from './row.ts'

/** Makes the actions of any host: for its menu, its header and the palette. */
export function useHostActions(): (host: HostRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const router = useRouter()
  const panel = usePanel()
  const enable = async (host: HostRow) => {
    try {
      await api.compute.hosts.update.mutate({ id: host.id, enabled: true })
      toast.success(`${host.name} takes new instances again`)
    } catch (error) {
      toastRefusal(`Cannot enable ${host.name}`, error)
    }
  }
  return (host) => [
    {
      id: 'instances',
      label: 'Instances on it',
      icon: Boxes,
      reason: host.instanceCount === 0 ? 'No instance is on it.' : null,
      run: () => router.push(paths.admin.host(host.id)),
    },
    host.enabled
      ? {
          id: 'disable',
          label: 'Disable',
          icon: Ban,
          danger: true,
          reason: null,
          run: () => panel.open('host-disable', host.id),
        }
      : { id: 'enable', label: 'Enable', icon: CircleCheck, reason: null, run: () => void enable(host) },
  ]
}
