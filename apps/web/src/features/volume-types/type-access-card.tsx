'use client'
import { useQuery } from '@tanstack/react-query'
import { Globe, Plus, UserMinus, Users } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { type RouterOutputs, useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Age } from '#ui/time.tsx'
import type { VolumeTypeRow } from './row.ts'

type Access = RouterOutputs['volume']['types']['listAccess'][number] & { id: string }

const columns: readonly Column<Access>[] = [
  {
    key: 'project',
    header: 'Project',
    cell: (row) => (
      <Link href={paths.admin.project(row.projectId)} className="rounded font-medium hover:underline">
        {row.projectName}
      </Link>
    ),
  },
  {
    key: 'createdAt',
    header: 'Given',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** Who may use the type: everybody, or the projects on its list. */
export function TypeAccessCard({ type }: { type: VolumeTypeRow }) {
  return type.isPublic ? (
    <Card title="Access">
      <EmptyState icon={Globe} title="Every project can use it">
        Make it private to choose the projects that can.
      </EmptyState>
    </Card>
  ) : (
    <PrivateAccess type={type} />
  )
}

function PrivateAccess({ type }: { type: VolumeTypeRow }) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const panel = usePanel()
  const { data, error, refetch } = useQuery(trpc.volume.types.listAccess.queryOptions({ id: type.id }))
  const remove = async (row: Access) => {
    try {
      await api.volume.types.removeAccess.mutate({ id: type.id, projectId: row.projectId })
      toast.success(`${row.projectName} can no longer use ${type.name}`)
    } catch (refused) {
      toastRefusal(`Cannot remove ${row.projectName}`, refused)
    }
  }
  const add = (
    <Button size="sm" onClick={() => panel.open('volume-type-access', type.id)}>
      <Plus aria-hidden="true" /> Add project
    </Button>
  )
  return (
    <Card title="Access" action={add} flush>
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={`Projects that can use ${type.name}`}
          columns={columns}
          rows={data?.map((row) => ({ ...row, id: row.projectId }))}
          nameOf={(row) => row.projectName}
          menu={(row) => (
            <ActionMenu
              name={row.projectName}
              id={row.projectId}
              actions={[
                {
                  id: 'remove',
                  label: 'Remove',
                  icon: UserMinus,
                  danger: true,
                  reason: null,
                  run: () => void remove(row),
                },
              ]}
            />
          )}
          empty={
            <EmptyState icon={Users} title="Only administrators can use it">
              Add a project, and the type appears in its list.
            </EmptyState>
          }
        />
      )}
    </Card>
  )
}
