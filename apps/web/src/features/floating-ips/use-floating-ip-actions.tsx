'use client'
import { ArrowRightLeft, Cable, Pencil, Trash2, Unplug } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTagAction } from '#features/tags/use-tag-action.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { FloatingIpRow } from './row.ts'

type Known = Pick<FloatingIpRow, 'id' | 'address'>

/** Disassociates a floating IP at once, with the way back in the toast. */
export function useDisassociate(): (row: Known & Pick<FloatingIpRow, 'portId' | 'fixedIpAddress'>) => void {
  const { network } = useTRPCClient()
  const again = async (id: string, portId: string, fixedIpAddress?: string) => {
    try {
      await network.floatingIps.update.mutate({ id, portId, fixedIpAddress })
    } catch (error) {
      toastRefusal('Cannot associate it again', error)
    }
  }
  const disassociate = async ({
    id,
    address,
    portId,
    fixedIpAddress,
  }: Known & Pick<FloatingIpRow, 'portId' | 'fixedIpAddress'>) => {
    try {
      await network.floatingIps.update.mutate({ id, portId: null })
      toast.success(`${address} disassociated`, {
        ...(portId && {
          action: { label: 'Undo', onClick: () => void again(id, portId, fixedIpAddress ?? undefined) },
        }),
      })
    } catch (error) {
      toastRefusal(`Cannot disassociate ${address}`, error)
    }
  }
  return (row) => void disassociate(row)
}

/** Makes the actions of any floating IP. */
export function useFloatingIpActions(): (row: FloatingIpRow) => ResolvedAction[] {
  const readOnly = useWhyReadOnly()
  const { network } = useTRPCClient()
  const panel = usePanel()
  const tags = useTagAction('floatingIp')
  const confirm = useConfirm()
  const disassociate = useDisassociate()
  const release = async (row: FloatingIpRow) => {
    const leads = row.instanceName ?? row.port?.name
    const yes = await confirm({
      title: 'Release this floating IP?',
      consequence:
        row.forwardings.length > 0
          ? 'goes back to its network with its port forwardings; another project may get it.'
          : leads
            ? `goes back to its network and no longer leads to ${leads}; another project may get it.`
            : 'goes back to its network; another project may get it.',
      names: [row.address],
      noun: 'floating IP',
      verb: 'Release',
    })
    if (!yes) return
    try {
      await network.floatingIps.delete.mutate({ id: row.id })
      toast.success(`${row.address} released`)
    } catch (error) {
      toastRefusal(`Cannot release ${row.address}`, error)
    }
  }
  return (row) => [
    {
      id: 'associate',
      label: row.portId ? 'Move' : 'Associate',
      icon: Cable,
      reason:
        readOnly ??
        (row.forwardings.length > 0 ? 'Its ports are forwarded; delete the forwardings first.' : null),
      run: () => panel.open('floating-ip-associate', row.id),
    },
    {
      id: 'disassociate',
      label: 'Disassociate',
      icon: Unplug,
      reason: readOnly ?? (row.portId ? null : 'It leads to no port.'),
      run: () => disassociate(row),
    },
    {
      id: 'forwardings',
      label: 'Port forwardings',
      icon: ArrowRightLeft,
      reason: row.portId ? 'It leads to one port as a whole; disassociate it first.' : null,
      run: () => panel.open('floating-ip-forwardings', row.id),
    },
    {
      id: 'edit',
      label: 'Edit description',
      icon: Pencil,
      reason: readOnly,
      run: () => panel.open('floating-ip-edit', row.id),
    },
    tags(row.id, readOnly),
    {
      id: 'release',
      label: 'Release',
      icon: Trash2,
      danger: true,
      reason: readOnly,
      run: () => void release(row),
    },
  ]
}
