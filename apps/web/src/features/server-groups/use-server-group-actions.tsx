'use client'
import { Play, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { count } from '#ui/format.ts'
import type { ServerGroupRow } from './row.ts'

/** What can be done to a server group: in its row, on its page and in the palette. */
export function useServerGroupActions(): (row: ServerGroupRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { project } = useSession()
  const remove = async (row: ServerGroupRow) => {
    const stay =
      row.memberCount > 0
        ? `Its ${count(row.memberCount, 'member')} stay where they are, and nothing binds them any more.`
        : 'It has no members.'
    const yes = await confirm({
      title: 'Delete this server group?',
      consequence: `is removed. ${stay}`,
      names: [row.name],
      noun: 'server group',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.compute.serverGroups.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'launch',
      label: 'Launch instance',
      icon: Play,
      reason: readOnly ?? (row.projectId === project?.id ? null : 'It belongs to another project.'),
      run: () => router.push(paths.instanceNew({ group: row.id })),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason: readOnly,
      run: () => void remove(row),
    },
  ]
}
