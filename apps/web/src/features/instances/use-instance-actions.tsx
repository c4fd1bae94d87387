'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { toast } from 'sonner'
import { useInstanceFloatingIpActions } from '#features/floating-ips/use-instance-floating-ips.ts'
import { useClientConfig, useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { actionGroups, actionReason, afterAsking, instanceActionSpecs } from './actions.ts'
import { instanceCache } from './cache.ts'
import { useAskAction } from './dialogs/action-dialogs.tsx'
import { asksFirst } from './dialogs/registry.ts'
import { isPlain, type Performed, type PlainAction, performers } from './performers.ts'
import { questionOf } from './questions.ts'
import type { InstanceRow } from './row.ts'
import { VolumesOfDeleted } from './volumes-of-deleted.tsx'

/** Asks the cloud for one action. The page shows it at once, and takes it back when the cloud refuses. */
export function usePerform() {
  const client = useQueryClient()
  const trpc = useTRPCClient()
  return useCallback(
    async (action: PlainAction, row: InstanceRow): Promise<Performed> => {
      const cache = instanceCache(client)
      const before = cache.find(row.id) ?? row
      cache.put(afterAsking(action, before))
      try {
        const performed: Performed = await performers[action](trpc.compute, row)
        cache.putIfNewer(performed.instance)
        return performed
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
  const { reclaimSeconds } = useClientConfig()
  const perform = usePerform()
  const confirm = useConfirm()
  const ask = useAskAction()
  const router = useRouter()
  const floatingIps = useInstanceFloatingIpActions()

  return useMemo(
    () => (row) => [
      ...instanceActionSpecs.map((spec) => ({
        id: spec.id,
        label: spec.label,
        icon: spec.icon,
        danger: spec.danger,
        group: actionGroups[spec.group],
        pinned: spec.pinned,
        reason: actionReason(spec.id, row, { isAdmin, readOnly }),
        run: async () => {
          if (asksFirst(spec.id)) return ask(spec.id, row)
          if (!isPlain(spec.id)) throw new Error(`${spec.id} has neither a performer nor a dialog`)
          const question = questionOf(spec.id, [row], { reclaimSeconds })
          const ends = spec.id === 'delete' || spec.id === 'forceDelete'
          const consequence = question && (
            <>
              {question.consequence} {ends && <VolumesOfDeleted id={row.id} />}
            </>
          )
          if (question && !(await confirm({ ...question, consequence }))) return
          try {
            const { operationId } = await perform(spec.id, row)
            toast(`${spec.doing} ${row.name}`, {
              action: operationId && {
                label: 'Details',
                onClick: () => router.push(paths.operation(operationId)),
              },
            })
          } catch (error) {
            const { message, remedy } = readError(error)
            toast.error(`Cannot ${spec.label.toLowerCase()} ${row.name}`, {
              description: [message, remedy].filter(Boolean).join(' '),
            })
          }
        },
      })),
      ...floatingIps(row).map((action) => ({ ...action, group: actionGroups.devices })),
    ],
    [isAdmin, readOnly, reclaimSeconds, perform, confirm, ask, router, floatingIps],
  )
}
