'use client'
import { Ban, CircleCheck, KeyRound, Pencil, Trash2, UserPlus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { UserRow } from './row.ts'

/** Makes the actions of any user: for its menu, its header and the palette. */
export function useUserActions(): (row: UserRow) => ResolvedAction[] {
  const { user: me } = useSession()
  const api = useTRPCClient()
  const router = useRouter()
  const panel = usePanel()
  const confirm = useConfirm()
  const toggle = async (row: UserRow) => {
    if (row.enabled) {
      const yes = await confirm({
        title: 'Disable this user?',
        consequence: 'is signed out everywhere, tokens end, and nobody can sign in as this user.',
        names: [row.name],
        noun: 'user',
        verb: 'Disable',
      })
      if (!yes) return
    }
    try {
      await api.identity.users.update.mutate({ id: row.id, enabled: !row.enabled })
      toast.success(`${row.name} ${row.enabled ? 'disabled' : 'enabled'}`)
    } catch (error) {
      toastRefusal(`Cannot change ${row.name}`, error)
    }
  }
  const remove = async (row: UserRow) => {
    const yes = await confirm({
      title: 'Delete this user?',
      consequence:
        'is removed with sessions, tokens, roles and key pairs. What it created in projects stays.',
      names: [row.name],
      noun: 'user',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.identity.users.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => {
    const self = row.id === me.id
    return [
      { id: 'edit', label: 'Edit', icon: Pencil, reason: null, run: () => panel.open('user-edit', row.id) },
      {
        id: 'password',
        label: 'Set password',
        icon: KeyRound,
        reason: null,
        run: () => (self ? router.push(paths.account()) : panel.open('user-password', row.id)),
      },
      {
        id: 'grant',
        label: 'Grant role',
        icon: UserPlus,
        reason: null,
        run: () => panel.open('user-grant', row.id),
      },
      {
        id: 'toggle',
        label: row.enabled ? 'Disable' : 'Enable',
        icon: row.enabled ? Ban : CircleCheck,
        reason: self ? 'You cannot disable yourself; let another administrator do it.' : null,
        run: () => void toggle(row),
      },
      {
        id: 'delete',
        label: 'Delete',
        icon: Trash2,
        danger: true,
        reason: self ? 'You cannot delete yourself; let another administrator do it.' : null,
        run: () => void remove(row),
      },
    ]
  }
}
