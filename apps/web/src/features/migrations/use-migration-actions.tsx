'use client'
import { CheckCheck, FastForward, History, ListChecks, Square } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { questionOf } from '#features/instances/questions.ts'
import { useClientConfig } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { type MigrationRow, whyNotAbort, whyNotForce, whyNotJudge } from './row.ts'

/** Makes the actions of any move: for its menu, and for the page of its instance. For administrators. */
export function useMigrationActions(): (migration: MigrationRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const router = useRouter()
  const confirm = useConfirm()
  const facts = useClientConfig()
  const attempt = async (what: string, doing: string, ask: () => Promise<unknown>) => {
    try {
      await ask()
      toast(doing)
    } catch (error) {
      toastRefusal(what, error)
    }
  }
  return (migration) => {
    const { instanceId: id, instanceName: name, operationId } = migration
    return [
      {
        id: 'steps',
        label: 'Show its steps',
        icon: ListChecks,
        reason: null,
        run: () => router.push(paths.operation(operationId)),
      },
      {
        id: 'confirm',
        label: 'Confirm',
        icon: CheckCheck,
        reason: whyNotJudge(migration),
        run: () =>
          void attempt(`Cannot confirm the move of ${name}`, `Confirming the move of ${name}`, () =>
            api.compute.instances.confirmResize.mutate({ id }),
          ),
      },
      {
        id: 'revert',
        label: 'Revert',
        icon: History,
        reason: whyNotJudge(migration),
        run: async () => {
          const question = questionOf('revertResize', [{ name }], facts)
          if (question && !(await confirm(question))) return
          await attempt(`Cannot revert the move of ${name}`, `Reverting the move of ${name}`, () =>
            api.compute.instances.revertResize.mutate({ id }),
          )
        },
      },
      {
        id: 'force',
        label: 'Complete now',
        icon: FastForward,
        reason: whyNotForce(migration),
        run: () =>
          void attempt(`Cannot hasten the move of ${name}`, `Completing the move of ${name}`, () =>
            api.compute.migrations.forceComplete.mutate({ id: migration.id }),
          ),
      },
      {
        id: 'abort',
        label: 'Abort',
        icon: Square,
        danger: true,
        reason: whyNotAbort(migration),
        run: () =>
          void attempt(`Cannot abort the move of ${name}`, `Aborting the move of ${name}`, () =>
            migration.kind === 'live-migration'
              ? api.compute.migrations.abort.mutate({ id: migration.id })
              : api.operation.operations.cancel.mutate({ id: operationId }),
          ),
      },
    ]
  }
}
