'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, UserMinus, Users } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { Pager } from '#features/list/pager.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Age } from '#ui/time.tsx'
import type { AssignmentRow } from './row.ts'

const who: Column<AssignmentRow> = {
  key: 'user',
  header: 'User',
  cell: (row) => (
    <Link href={paths.admin.user(row.userId)} className="rounded font-medium hover:underline">
      {row.userName}
    </Link>
  ),
}
const where: Column<AssignmentRow> = {
  key: 'target',
  header: 'On',
  cell: (row) =>
    row.targetType === 'project' ? (
      <Link href={paths.admin.project(row.targetId)} className="rounded font-medium hover:underline">
        {row.targetName}
      </Link>
    ) : (
      <span className="font-medium">
        {row.targetType === 'system' ? 'the whole cloud' : `domain ${row.targetName}`}
      </span>
    ),
}
const role: Column<AssignmentRow> = {
  key: 'role',
  header: 'Role',
  cell: (row) => <Badge tone={row.role === 'admin' ? 'warn' : 'accent'}>{row.role}</Badge>,
}
const since: Column<AssignmentRow> = {
  key: 'createdAt',
  header: 'Granted',
  align: 'right',
  from: 'sm',
  cell: (row) => <Age at={row.createdAt} className="text-muted" />,
}

/** Who holds which role: of one project, or of one user. */
export function AssignmentsCard({
  of,
  onGrant,
}: {
  of: { projectId: string; name: string } | { userId: string; name: string }
  onGrant: () => void
}) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const confirm = useConfirm()
  const list = useListState({
    filters: [],
    sorts: ['createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const ofProject = 'projectId' in of
  const { data, error, refetch } = useQuery(
    trpc.identity.assignments.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        ...(ofProject ? { projectId: of.projectId } : { userId: of.userId }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const revoke = async (row: AssignmentRow) => {
    const yes = await confirm({
      title: 'Revoke this role?',
      consequence: `loses the role ${row.role} on ${row.targetType === 'system' ? 'the whole cloud' : row.targetName} at once.`,
      names: [row.userName],
      noun: 'role',
      verb: 'Revoke',
    })
    if (!yes) return
    try {
      await api.identity.assignments.revoke.mutate({ id: row.id })
      toast.success(`${row.userName} is no longer ${row.role} on ${row.targetName}`)
    } catch (refused) {
      toastRefusal(`Cannot revoke the role of ${row.userName}`, refused)
    }
  }
  const grant = (
    <Button size="sm" onClick={onGrant}>
      <Plus aria-hidden="true" /> Grant role
    </Button>
  )
  return (
    <Card title={ofProject ? 'Members' : 'Roles'} action={grant} flush>
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={ofProject ? `Members of ${of.name}` : `Roles of ${of.name}`}
          columns={[ofProject ? who : where, role, since]}
          rows={data?.items}
          nameOf={(row) => `${row.role} of ${row.userName}`}
          menu={(row) => (
            <ActionMenu
              name={`${row.role} of ${row.userName}`}
              id={row.id}
              actions={[
                {
                  id: 'revoke',
                  label: 'Revoke',
                  icon: UserMinus,
                  danger: true,
                  reason: null,
                  run: () => void revoke(row),
                },
              ]}
            />
          )}
          empty={
            <EmptyState icon={Users} title={ofProject ? 'Nobody is in this project' : 'No role yet'}>
              {ofProject
                ? 'Grant somebody a role, and the project appears in their switcher.'
                : 'Without a role on a project this user can sign in and do nothing else.'}
            </EmptyState>
          }
        />
      )}
      <Pager
        previous={list.previous}
        nextCursor={data?.nextCursor}
        onNext={list.next}
        shown={data?.items.length ?? 0}
      />
    </Card>
  )
}
