'use client'
import { Ban, CircleCheck, FolderOpen, Gauge, Pencil, Trash2, UserPlus } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSwitchProject } from '#features/session/session-actions.ts'
import { useSession } from '#features/session/use-session.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { ProjectRow } from './row.ts'

/** Makes the actions of any project: for its menu, its header and the palette. */
export function useProjectActions(): (row: ProjectRow) => ResolvedAction[] {
  const { project, projects } = useSession()
  const api = useTRPCClient()
  const panel = usePanel()
  const confirm = useConfirm()
  const { mutate: switchProject } = useSwitchProject()
  const toggle = async (row: ProjectRow) => {
    if (row.enabled) {
      const yes = await confirm({
        title: 'Disable this project?',
        consequence: 'cannot be worked in by anybody any more. Its instances go on running.',
        names: [row.name],
        noun: 'project',
        verb: 'Disable',
      })
      if (!yes) return
    }
    try {
      await api.identity.projects.update.mutate({ id: row.id, enabled: !row.enabled })
      toast.success(`${row.name} ${row.enabled ? 'disabled' : 'enabled'}`)
    } catch (error) {
      toastRefusal(`Cannot change ${row.name}`, error)
    }
  }
  return (row) => {
    const here = row.id === project?.id ? 'You are working in it.' : null
    return [
      {
        id: 'switch',
        label: 'Work in it',
        icon: FolderOpen,
        reason: here ?? (projects.some(({ id }) => id === row.id) ? null : 'You have no role on it.'),
        run: () => switchProject({ projectId: row.id }),
      },
      {
        id: 'edit',
        label: 'Edit',
        icon: Pencil,
        reason: null,
        run: () => panel.open('project-edit', row.id),
      },
      {
        id: 'quotas',
        label: 'Quotas',
        icon: Gauge,
        reason: null,
        run: () => panel.open('project-quotas', row.id),
      },
      {
        id: 'grant',
        label: 'Grant role',
        icon: UserPlus,
        reason: null,
        run: () => panel.open('project-grant', row.id),
      },
      {
        id: 'toggle',
        label: row.enabled ? 'Disable' : 'Enable',
        icon: row.enabled ? Ban : CircleCheck,
        reason: row.enabled ? here : null,
        run: () => void toggle(row),
      },
      {
        id: 'delete',
        label: 'Delete',
        icon: Trash2,
        danger: true,
        reason: here && 'You are working in it; change to another project first.',
        run: () => panel.open('project-delete', row.id),
      },
    ]
  }
}
