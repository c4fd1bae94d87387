'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Layers, Plus } from 'lucide-react'
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
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Mib, ValueUnit } from '#ui/value-unit.tsx'
import type { FlavorRow } from './row.ts'
import { useFlavorActions } from './use-flavor-actions.tsx'

type Sort = 'name' | 'vcpus' | 'ramMib' | 'diskGib'

const columns: readonly Column<FlavorRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={row.description || <Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.admin.flavor(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (row) => <EnabledState enabled={!row.disabled} />,
  },
  { key: 'vcpus', header: 'vCPUs', sort: 'vcpus', align: 'right', from: 'sm', cell: (row) => row.vcpus },
  {
    key: 'ramMib',
    header: 'Memory',
    sort: 'ramMib',
    align: 'right',
    from: 'sm',
    cell: (row) => <Mib value={row.ramMib} />,
  },
  {
    key: 'diskGib',
    header: 'Disk',
    sort: 'diskGib',
    align: 'right',
    from: 'sm',
    cell: (row) => <ValueUnit value={row.diskGib} unit="GiB" />,
  },
  {
    key: 'extraSpecs',
    header: 'Extra specs',
    align: 'right',
    from: 'md',
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

/** The sizes that instances can have. */
export function FlavorsPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const actionsOf = useFlavorActions()
  const list = useListState({
    filters: [],
    sorts: ['name', 'vcpus', 'ramMib', 'diskGib'],
    defaultSort: { by: 'ramMib', dir: 'asc' },
  })
  const query = useQuery(
    trpc.compute.flavors.list.queryOptions(
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
    <Button variant="primary" onClick={() => panel.open('flavor-new')}>
      <Plus aria-hidden="true" /> Create flavor
    </Button>
  )
  return (
    <>
      <PageHeader title="Flavors" description="The sizes that instances can have." actions={create} />
      <ListCard<FlavorRow, Sort, never>
        label="Flavors"
        icon={Layers}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name or ID"
        onOpen={(row) => router.push(paths.admin.flavor(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Layers} title="No flavors yet" action={create}>
              A flavor is a size: vCPUs, memory and disk. Without one, nobody can create an instance.
            </EmptyState>
            <EmptyCall
              verb="compute.flavors.create"
              input={{ name: 'm1.small', vcpus: 1, ramMib: 2048, diskGib: 20 }}
            />
          </>
        }
      />
    </>
  )
}
