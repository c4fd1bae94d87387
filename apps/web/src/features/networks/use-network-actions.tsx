'use client'
import { ListPlus, Pencil, Play, Plus, Power, ShieldCheck, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTagAction } from '#features/tags/use-tag-action.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import {
  type NetworkAsker,
  networkReason,
  portDeleteReason,
  portGroupsReason,
  portReason,
  subnetDeleteReason,
} from './actions.ts'
import { isServicePort, type NetworkRow, type PortRow, type SubnetRow } from './row.ts'

/** Who wants to act on a network. */
export function useNetworkAsker(): NetworkAsker {
  const { isAdmin, project } = useSession()
  const readOnly = useWhyReadOnly()
  return { isAdmin, projectId: project?.id ?? null, readOnly }
}

/** Makes the actions of any network: for its menu, its header and the palette. */
export function useNetworkActions(): (row: NetworkRow) => ResolvedAction[] {
  const asker = useNetworkAsker()
  const api = useTRPCClient()
  const router = useRouter()
  const panel = usePanel()
  const tags = useTagAction('network')
  const switchTo = async (row: NetworkRow, adminStateUp: boolean) => {
    try {
      await api.network.networks.update.mutate({ id: row.id, adminStateUp })
      toast.success(`${row.name} is switched ${adminStateUp ? 'on' : 'off'}`)
    } catch (error) {
      toastRefusal(`Cannot switch ${row.name} ${adminStateUp ? 'on' : 'off'}`, error)
    }
  }
  return (row) => {
    const reason = networkReason(row, asker)
    return [
      {
        id: 'launch',
        label: 'Launch instance',
        icon: Play,
        reason:
          portReason(row, asker) ??
          (row.external && !row.shared
            ? 'It is an external network: routers and floating IPs lead to it.'
            : null) ??
          (row.subnets.length === 0 ? 'It has no subnet, so it gives no addresses.' : null),
        run: () => router.push(paths.instanceNew({ network: row.id })),
      },
      { id: 'subnet', label: 'Add subnet', icon: Plus, reason, run: () => panel.open('subnet-new', row.id) },
      {
        id: 'port',
        label: 'Create port',
        icon: Plus,
        reason: portReason(row, asker),
        run: () => panel.open('port-new', row.id),
      },
      { id: 'edit', label: 'Edit', icon: Pencil, reason, run: () => panel.open('network-edit', row.id) },
      tags(row.id, reason),
      {
        id: 'power',
        label: row.adminStateUp ? 'Switch off' : 'Switch on',
        icon: Power,
        reason,
        run: () => void switchTo(row, !row.adminStateUp),
      },
      {
        id: 'delete',
        label: 'Delete',
        icon: Trash2,
        danger: true,
        reason,
        run: () => panel.open('network-delete', row.id),
      },
    ]
  }
}

/** Makes the actions of a subnet. */
export function useSubnetActions(network: NetworkRow): (subnet: SubnetRow) => ResolvedAction[] {
  const asker = useNetworkAsker()
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const tags = useTagAction('subnet')
  const remove = async (subnet: SubnetRow) => {
    const name = subnet.name ? `${subnet.name} (${subnet.cidr})` : subnet.cidr
    const yes = await confirm({
      title: 'Delete this subnet?',
      consequence: `is removed from ${network.name}. No instance uses its addresses.`,
      names: [name],
      noun: 'subnet',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.network.subnets.delete.mutate({ id: subnet.id })
      toast.success(`Subnet ${name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete subnet ${name}`, error)
    }
  }
  return (subnet) => [
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: networkReason(network, asker),
      run: () => panel.open('subnet-edit', subnet.id),
    },
    tags(subnet.id, networkReason(network, asker)),
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason: subnetDeleteReason(network, subnet, asker),
      run: () => void remove(subnet),
    },
  ]
}

/** Makes the actions of a port. */
export function usePortActions(): (port: PortRow) => ResolvedAction[] {
  const asker = useNetworkAsker()
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const tags = useTagAction('port')
  const remove = async (port: PortRow) => {
    const name = port.name || port.macAddress
    const yes = await confirm({
      title: 'Delete this port?',
      consequence: port.instanceId
        ? `is detached from the instance ${port.instanceName ?? port.instanceId} and removed.`
        : 'is removed; its addresses are free at once.',
      names: [name],
      noun: 'port',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      const { operationId } = await api.network.ports.delete.mutate({ id: port.id })
      if (operationId) toast(`Detaching port ${name}, which is then removed`)
      else toast.success(`Port ${name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete port ${name}`, error)
    }
  }
  return (port) => [
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: asker.readOnly,
      run: () => panel.open('port-edit', port.id),
    },
    {
      id: 'dhcp-options',
      label: 'DHCP options',
      icon: ListPlus,
      reason: asker.readOnly ?? (isServicePort(port) ? 'It belongs to the network itself.' : null),
      run: () => panel.open('port-dhcp-options', port.id),
    },
    {
      id: 'groups',
      label: 'Security groups',
      icon: ShieldCheck,
      reason: portGroupsReason(port, asker),
      run: () => panel.open('port-groups', port.id),
    },
    tags(port.id, asker.readOnly),
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason: portDeleteReason(port, asker),
      run: () => void remove(port),
    },
  ]
}
