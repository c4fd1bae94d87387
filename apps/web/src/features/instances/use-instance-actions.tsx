'use client'
import type { InstanceAction } from '@nephos/core/states'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { toast } from 'sonner'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { actionReason, afterAsking, instanceActionSpecs } from './actions.ts'
import { instanceCache } from './cache.ts'
import { useAskRename } from './rename-dialog.tsx'
import type { InstanceRow } from './row.ts'

/** Asks the cloud for one action. The page shows it at once, and takes it back when the cloud refuses. */
export function usePerform() {
  const client = useQueryClient()
  const trpc = useTRPCClient()
  return useCallback(
    async (action: Exclude<InstanceAction, 'rename'>, row: InstanceRow): Promise<{ operationId: string }> => {
      const cache = instanceCache(client)
      const before = cache.find(row.id) ?? row
      cache.put(afterAsking(action, before))
      try {
        const { instances } = trpc.compute
        const { operationId, instance } = await {
          start: () => instances.start.mutate({ id: row.id }),
          stop: () => instances.stop.mutate({ id: row.id }),
          rebootSoft: () => instances.reboot.mutate({ id: row.id, type: 'soft' }),
          rebootHard: () => instances.reboot.mutate({ id: row.id, type: 'hard' }),
          delete: () => instances.delete.mutate({ id: row.id }),
        }[action]()
        cache.putIfNewer(instance)
        return { operationId }
      } catch (error) {
        // Unless an event has brought something newer in the meantime.
        cache.takeBack(before)
        throw error
      }
    },
    [client, trpc],
  )
}

/** Makes the actions of any instance: for its menu, its header and the palette. */
export function useInstanceActions(): (row: InstanceRow) => ResolvedAction[] {
  const { isAdmin } = useSession()
  const readOnly = useWhyReadOnly()
  const perform = usePerform()
  const confirm = useConfirm()
  const askRename = useAskRename()
  const router = useRouter()

  return useMemo(
    () => (row) =>
      instanceActionSpecs.map((spec) => ({
        id: spec.id,
        label: spec.label,
        icon: spec.icon,
        danger: spec.danger,
        reason: actionReason(spec.id, row, { isAdmin, readOnly }),
        run: async () => {
          if (spec.id === 'rename') return askRename(row)
          if (spec.id === 'delete' && !(await confirm(deleteQuestion([row])))) return
          try {
            const { operationId } = await perform(spec.id, row)
            toast(`${spec.doing} ${row.name}`, {
              action: { label: 'Details', onClick: () => router.push(paths.operation(operationId)) },
            })
          } catch (error) {
            const { message, remedy } = readError(error)
            toast.error(`Cannot ${spec.label.toLowerCase()} ${row.name}`, {
              description: [message, remedy].filter(Boolean).join(' '),
            })
          }
        },
      })),
    [isAdmin, readOnly, perform, confirm, askRename, router],
  )
}

/** What is asked before instances are deleted. */
export const deleteQuestion = (rows: readonly InstanceRow[]) => ({
  title: rows.length === 1 ? 'Delete this instance?' : `Delete ${rows.length} instances?`,
  consequence:
    rows.length === 1
      ? 'and its disk are removed for good. Its addresses become free.'
      : 'They and their disks are removed for good. Their addresses become free.',
  names: rows.map((row) => row.name),
  noun: 'instance',
  verb: 'Delete',
})
