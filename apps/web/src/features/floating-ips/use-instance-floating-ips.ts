'use client'
import { versionOf } from '@nephos/core/ip'
import { Globe, Unplug } from 'lucide-react'
import { useCallback } from 'react'
import { toast } from 'sonner'
import type { InstanceRow } from '#features/instances/row.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'

/** Makes the actions on an instance's floating IPs: to give it one, and to take away the ones that it has. */
export function useInstanceFloatingIpActions(): (row: InstanceRow) => ResolvedAction[] {
  const readOnly = useWhyReadOnly()
  const { open } = usePanel()
  const { network } = useTRPCClient()
  return useCallback(
    (row) => {
      const held = row.addresses.flatMap(({ floatingIps }) => floatingIps)
      const disassociate = async () => {
        try {
          const { items } = await network.floatingIps.list.query({ instanceId: row.id, limit: 200 })
          for (const { id } of items) await network.floatingIps.update.mutate({ id, portId: null })
          toast.success(`${held.join(', ')} disassociated from ${row.name}`)
        } catch (error) {
          toastRefusal(`Cannot disassociate ${held.join(', ')}`, error)
        }
      }
      return [
        {
          id: 'floating-ip',
          label: 'Associate floating IP',
          icon: Globe,
          reason:
            readOnly ??
            (row.addresses.some(({ ip }) => versionOf(ip) === 4)
              ? null
              : 'It has no IPv4 address to lead to.'),
          run: () => open('instance-floating-ip', row.id),
        },
        {
          id: 'no-floating-ip',
          label: held.length > 1 ? 'Disassociate floating IPs' : 'Disassociate floating IP',
          icon: Unplug,
          reason: readOnly ?? (held.length > 0 ? null : 'It has no floating IP.'),
          run: () => void disassociate(),
        },
      ]
    },
    [readOnly, open, network],
  )
}
