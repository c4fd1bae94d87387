'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowRightLeft } from 'lucide-react'
import Link from 'next/link'
import type { InstanceDetail } from '#features/instances/row.ts'
import { OperationProgress } from '#features/operations/operation-bits.tsx'
import { useOperation } from '#features/operations/operation-view.tsx'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { MigrationPath, MigrationProgress, MigrationState } from './migration-bits.tsx'
import { isMoving, type MigrationRow, migrationKind } from './row.ts'
import { useMigrationActions } from './use-migration-actions.tsx'

/** How far the move of an instance is, while one is under way. Nothing otherwise. */
export function MoveSection({ instance }: { instance: InstanceDetail }) {
  const move = useMove(instance)
  const { isAdmin } = useSession()
  if (!move || !isMoving(move)) return null
  return (
    <section
      aria-label={`Move of ${instance.name}`}
      className="mb-5 flex flex-col gap-2.5 rounded-xl border border-line-strong bg-raised px-4 py-3 text-sm"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <ArrowRightLeft className="size-4 shrink-0 text-subtle" aria-hidden="true" />
          <Link href={paths.operation(move.operationId)} className="rounded font-medium hover:underline">
            {migrationKind(move.kind)}
          </Link>
          {isAdmin && <MigrationPath migration={move} />}
          {move.oldFlavor && move.newFlavor && (
            <span className="text-muted">
              {move.oldFlavor.flavorName} to {move.newFlavor.flavorName}
            </span>
          )}
          <MigrationState migration={move} />
        </p>
        {isAdmin && <MoveButtons migration={move} />}
      </div>
      {move.totalBytes !== null ? (
        <MigrationProgress migration={move} />
      ) : (
        <MoveSteps operationId={move.operationId} />
      )}
    </section>
  )
}

/** What administrators can do to it while it goes on. */
function MoveButtons({ migration }: { migration: MigrationRow }) {
  const actions = useMigrationActions()(migration).filter(
    ({ id }) => id === 'abort' || (id === 'force' && migration.kind === 'live-migration'),
  )
  return (
    <span className="flex flex-wrap gap-2">
      {actions.map(({ id, label, icon: Icon, reason, run }) => (
        <Button key={id} size="sm" reason={reason} onClick={run}>
          <Icon aria-hidden="true" /> {label}
        </Button>
      ))}
    </span>
  )
}

/** How far its operation is: what is told to everybody in the project. */
function MoveSteps({ operationId }: { operationId: string }) {
  const { data } = useOperation(operationId)
  return data ? <OperationProgress operation={data} /> : null
}

/** The move that is not over. Only administrators may list moves. */
function useMove({ id }: InstanceDetail): MigrationRow | null {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const open = useQuery(
    trpc.compute.migrations.list.queryOptions({ instanceId: id, open: true, limit: 1 }, { enabled: isAdmin }),
  )
  const current = useQuery(
    trpc.compute.migrations.current.queryOptions({ instanceId: id }, { enabled: !isAdmin }),
  )
  return (isAdmin ? open.data?.items[0] : current.data) ?? null
}
