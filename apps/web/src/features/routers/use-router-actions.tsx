'use client'
import { Cable, DoorOpen, Pencil, Power, Route, Trash2, Unplug } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTagAction } from '#features/tags/use-tag-action.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { count } from '#ui/format.ts'
import { type RouterInterface, type RouterRow, routerName } from './row.ts'

/** Makes the actions of any router: for its menu, its header and the palette. */
export function useRouterActions(): (row: RouterRow) => ResolvedAction[] {
  const readOnly = useWhyReadOnly()
  const { network: api } = useTRPCClient()
  const panel = usePanel()
  const tags = useTagAction('router')
  const confirm = useConfirm()
  const switchTo = async (row: RouterRow, adminStateUp: boolean) => {
    const word = adminStateUp ? 'on' : 'off'
    try {
      await api.routers.update.mutate({ id: row.id, adminStateUp })
      toast.success(`${routerName(row)} is switched ${word}`)
    } catch (error) {
      toastRefusal(`Cannot switch ${routerName(row)} ${word}`, error)
    }
  }
  const clear = async (row: RouterRow) => {
    const name = routerName(row)
    const yes = await confirm({
      title: 'Clear the gateway?',
      consequence: `no longer leads to ${row.gateway?.networkName}. Instances behind it lose the outside.`,
      names: [name],
      noun: 'router',
      verb: 'Clear gateway',
    })
    if (!yes) return
    try {
      await api.routers.update.mutate({ id: row.id, gateway: null })
      toast.success(`Gateway of ${name} cleared`)
    } catch (error) {
      toastRefusal(`Cannot clear the gateway of ${name}`, error)
    }
  }
  const remove = async (row: RouterRow) => {
    const name = routerName(row)
    const yes = await confirm({
      title: 'Delete this router?',
      consequence: row.gateway
        ? `is removed, with its gateway on ${row.gateway.networkName}.`
        : 'is removed.',
      names: [name],
      noun: 'router',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.routers.delete.mutate({ id: row.id })
      toast.success(`Router ${name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${name}`, error)
    }
  }
  return (row) => [
    {
      id: 'interface',
      label: 'Add interface',
      icon: Cable,
      reason: readOnly,
      run: () => panel.open('router-interface', row.id),
    },
    {
      id: 'gateway',
      label: row.gateway ? 'Change gateway' : 'Set gateway',
      icon: DoorOpen,
      reason: readOnly,
      run: () => panel.open('router-gateway', row.id),
    },
    {
      id: 'clear-gateway',
      label: 'Clear gateway',
      icon: Unplug,
      reason: readOnly ?? (row.gateway ? null : 'It has no gateway.'),
      run: () => void clear(row),
    },
    {
      id: 'routes',
      label: 'Edit routes',
      icon: Route,
      reason: readOnly,
      run: () => panel.open('router-routes', row.id),
    },
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: readOnly,
      run: () => panel.open('router-edit', row.id),
    },
    tags(row.id, readOnly),
    {
      id: 'power',
      label: row.adminStateUp ? 'Switch off' : 'Switch on',
      icon: Power,
      reason: readOnly,
      run: () => void switchTo(row, !row.adminStateUp),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason:
        readOnly ??
        (row.interfaces.length > 0
          ? `It has ${count(row.interfaces.length, 'interface')}; remove them first.`
          : null),
      run: () => void remove(row),
    },
  ]
}

/** Makes the actions of a router's interface. */
export function useInterfaceActions(router: RouterRow): (row: RouterInterface) => ResolvedAction[] {
  const readOnly = useWhyReadOnly()
  const { network: api } = useTRPCClient()
  const confirm = useConfirm()
  const remove = async ({ portId, networkName, fixedIps }: RouterInterface) => {
    const yes = await confirm({
      title: 'Remove this interface?',
      consequence: `is removed from ${routerName(router)}: instances on ${networkName} lose their way out.`,
      names: [fixedIps.map(({ ipAddress }) => ipAddress).join(', ') || networkName],
      noun: 'interface',
      verb: 'Remove',
    })
    if (!yes) return
    try {
      await api.routers.removeInterface.mutate({ id: router.id, portId })
      toast.success(`${routerName(router)} left ${networkName}`)
    } catch (error) {
      toastRefusal('Cannot remove the interface', error)
    }
  }
  return (row) => [
    {
      id: 'remove',
      label: 'Remove',
      icon: Unplug,
      danger: true,
      reason: readOnly,
      run: () => void remove(row),
    },
  ]
}
