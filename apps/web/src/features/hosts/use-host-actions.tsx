'use client'
import { Ban, Boxes, CircleCheck, DoorOpen, Gauge, LogOut, Trash2, Wrench } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { type RouterInputs, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { HostRow } from './row.ts'

/** Makes the actions of any host: for its menu, its header and the palette. */
export function useHostActions(): (host: HostRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const router = useRouter()
  const confirm = useConfirm()
  const panel = usePanel()
  const update = async (
    host: HostRow,
    change: Omit<RouterInputs['compute']['hosts']['update'], 'id'>,
    done: string,
  ) => {
    try {
      await api.compute.hosts.update.mutate({ id: host.id, ...change })
      toast.success(`${host.name} ${done}`)
    } catch (error) {
      toastRefusal(`Cannot change ${host.name}`, error)
    }
  }
  const remove = async (host: HostRow) => {
    const yes = await confirm({
      title: 'Remove this host?',
      consequence:
        'is forgotten, with its place in aggregates. A worker that starts there makes it known again.',
      names: [host.name],
      noun: 'host',
      verb: 'Remove',
    })
    if (!yes) return
    try {
      await api.compute.hosts.delete.mutate({ id: host.id })
      toast.success(`${host.name} removed`)
    } catch (error) {
      toastRefusal(`Cannot remove ${host.name}`, error)
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
      : {
          id: 'enable',
          label: 'Enable',
          icon: CircleCheck,
          reason: null,
          run: () => void update(host, { enabled: true }, 'is enabled'),
        },
    host.maintenance
      ? {
          id: 'end-maintenance',
          label: 'End maintenance',
          icon: Wrench,
          reason: null,
          run: () => void update(host, { maintenance: false }, 'is not under maintenance any more'),
        }
      : {
          id: 'start-maintenance',
          label: 'Start maintenance',
          icon: Wrench,
          reason: null,
          run: () => panel.open('host-maintenance', host.id),
        },
    {
      id: 'drain',
      label: 'Drain',
      icon: LogOut,
      reason: host.up ? null : 'It is down: nothing can leave it. Evacuate its instances instead.',
      run: () => panel.open('host-drain', host.id),
    },
    {
      id: 'evacuate',
      label: 'Evacuate',
      icon: DoorOpen,
      danger: true,
      reason: whyNotEvacuate(host),
      run: () => panel.open('host-evacuate', host.id),
    },
    {
      id: 'capacity',
      label: 'Change capacity',
      icon: Gauge,
      reason: null,
      run: () => panel.open('host-capacity', host.id),
    },
    {
      id: 'remove',
      label: 'Remove',
      icon: Trash2,
      danger: true,
      reason: whyNotRemove(host),
      run: () => void remove(host),
    },
  ]
}

/** Why the instances of a host are not brought up elsewhere now; null when they can be. */
function whyNotEvacuate({ up, instanceCount }: HostRow): string | null {
  if (up) return 'It is up: drain it instead, and its instances keep their disks.'
  return instanceCount === 0 ? 'No instance is on it.' : null
}

/** Why a host cannot be removed now; null when it can. */
function whyNotRemove({ services, instanceCount }: HostRow): string | null {
  const up = services.filter((service) => service.up).map(({ role }) => role)
  if (up.length > 0) return `Its ${up.join(' and ')} worker is up.`
  return instanceCount > 0 ? 'There are still instances on it.' : null
}
