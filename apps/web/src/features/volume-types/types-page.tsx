'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Gauge, LockKeyhole, Plus, Shapes } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import type { VolumeTypeRow } from './row.ts'
import { useTypeActions } from './use-type-actions.tsx'

const columnsFor = (defaultId: string | undefined): readonly Column<VolumeTypeRow, 'name'>[] => [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={row.description}>
        <span className="inline-flex items-center gap-1.5">
          <Link href={paths.admin.volumeType(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          {row.id === defaultId && <Badge tone="accent">default</Badge>}
        </span>
      </NameCell>
    ),
  },
  {
    key: 'backend',
    header: 'Kept on',
    from: 'sm',
    cell: (row) => row.extraSpecs.volume_backend_name ?? <span className="text-subtle">any back end</span>,
  },
  {
    key: 'encryption',
    header: 'Encryption',
    from: 'md',
    cell: (row) =>
      row.encryption ? (
        <Badge tone="ok">
          <LockKeyhole className="size-3" aria-hidden="true" /> LUKS
        </Badge>
      ) : (
        <span className="text-subtle">none</span>
      ),
  },
  {
    key: 'qos',
    header: 'Limits',
    from: 'md',
    cell: (row) => row.qosSpecName ?? <span className="text-subtle">none</span>,
  },
  {
    key: 'specs',
    header: 'Extra specs',
    align: 'right',
    from: 'lg',
    cell: (row) => Object.keys(row.extraSpecs).length || <span className="text-subtle">none</span>,
  },
  {
    key: 'access',
    header: 'Access',
    from: 'md',
    cell: (row) => (
      <Badge tone={row.isPublic ? 'accent' : 'neutral'}>{row.isPublic ? 'public' : 'private'}</Badge>
    ),
  },
]

/** The types that volumes can have. */
export function VolumeTypesPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const preset = useQuery(trpc.volume.types.showDefault.queryOptions({}, { retry: false })).data?.id
  const actionsOf = useTypeActions(preset)
  const list = useListState({ filters: [], sorts: ['name'], defaultSort: { by: 'name', dir: 'asc' } })
  const query = useQuery(
    trpc.volume.types.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" onClick={() => panel.open('volume-type-new')}>
      <Plus aria-hidden="true" /> Create volume type
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Volume types"
        description="What people choose from: where volumes are kept, how fast they may be, whether they are encrypted."
        actions={
          <>
            <LinkButton href={paths.admin.volumeQos()}>
              <Gauge aria-hidden="true" /> QoS specs
            </LinkButton>
            {create}
          </>
        }
      />
      <ListCard<VolumeTypeRow, 'name', never>
        label="Volume types"
        icon={Shapes}
        list={list}
        query={query}
        columns={columnsFor(preset)}
        nameOf={(row) => row.name}
        searchLabel="Search name or ID"
        onOpen={(row) => router.push(paths.admin.volumeType(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Shapes} title="No volume types" action={create}>
              Without a type nobody can create a volume.
            </EmptyState>
            <EmptyCall verb="volume.types.create" input={{ name: 'standard' }} />
          </>
        }
      />
    </>
  )
}
