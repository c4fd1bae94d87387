'use client'
import { useQueryClient } from '@tanstack/react-query'
import { Pencil, Star, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import type { VolumeTypeRow } from './row.ts'

/** What an administrator can do to a type of volumes: in its row, and on its page. */
export function useTypeActions(defaultId: string | undefined): (row: VolumeTypeRow) => ResolvedAction[] {
  const trpc = useTRPC()
  const { types } = useTRPCClient().volume
  const client = useQueryClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const makeDefault = async (row: VolumeTypeRow) => {
    try {
      await types.setDefault.mutate({ id: row.id })
      await client.invalidateQueries(trpc.volume.types.showDefault.pathFilter())
      toast.success(`New volumes have the type ${row.name} unless somebody chooses another`)
    } catch (error) {
      toastRefusal(`Cannot make ${row.name} the default`, error)
    }
  }
  const remove = async (row: VolumeTypeRow) => {
    const yes = await confirm({
      title: 'Delete this volume type?',
      consequence: `can no longer be chosen. A type that volumes have cannot be deleted.${
        row.id === defaultId
          ? ' It is the default: make another one the default first, or nobody can create a volume without choosing.'
          : ''
      }`,
      names: [row.name],
      noun: 'volume type',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await types.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: null,
      run: () => panel.open('volume-type-edit', row.id),
    },
    {
      id: 'default',
      label: 'Make it the default',
      icon: Star,
      reason:
        row.id === defaultId
          ? 'It is the default.'
          : row.isPublic
            ? null
            : 'It is private: a default is for every project.',
      run: () => void makeDefault(row),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason: null,
      run: () => void remove(row),
    },
  ]
}
