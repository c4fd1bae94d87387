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
import type { FlavorRow } from './row.ts'

type Access = RouterOutputs['compute']['flavors']['listAccess'][number] & { id: string }

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

/** Who may use the flavor: everybody, or the projects on its list. */
export function FlavorAccessCard({ flavor }: { flavor: FlavorRow }) {
  return flavor.isPublic ? (
    <Card title="Access">
      <EmptyState icon={Globe} title="Every project can use it">
        Make it private to choose the projects that can.
      </EmptyState>
    </Card>
  ) : (
    <PrivateAccess flavor={flavor} />
  )
}

function PrivateAccess({ flavor }: { flavor: FlavorRow }) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const panel = usePanel()
  const { data, error, refetch } = useQuery(trpc.compute.flavors.listAccess.queryOptions({ id: flavor.id }))
  const remove = async (row: Access) => {
    try {
      await api.compute.flavors.removeAccess.mutate({ id: flavor.id, projectId: row.projectId })
      toast.success(`${row.projectName} can no longer use ${flavor.name}`)
    } catch (refused) {
      toastRefusal(`Cannot remove ${row.projectName}`, refused)
    }
  }
  const add = (
    <Button size="sm" onClick={() => panel.open('flavor-access', flavor.id)}>
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
          label={`Projects that can use ${flavor.name}`}
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
              Add a project, and the flavor appears in its list.
            </EmptyState>
          }
        />
      )}
    </Card>
  )
}
