'use client'
import { useQuery } from '@tanstack/react-query'
import { MapPin, Plus } from 'lucide-react'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { someNames, type ZoneRow } from './row.ts'

type Row = ZoneRow & { id: string }

const columns: readonly Column<Row>[] = [
  { key: 'name', header: 'Zone', cell: (row) => <NameCell>{row.name}</NameCell> },
  {
    key: 'state',
    header: 'State',
    cell: (row) =>
      row.available ? (
        <StateCell tone="ok" word="Available" />
      ) : (
        <StateCell tone="bad" word="Takes no instances" />
      ),
  },
  { key: 'count', header: 'Hosts', align: 'right', cell: (row) => row.hosts?.length ?? 0 },
  {
    key: 'names',
    header: 'Which',
    from: 'sm',
    cell: (row) => <span className="text-muted">{someNames(row.hosts ?? [], 6)}</span>,
  },
]

/** The availability zones that people can choose, with their hosts. */
export function ZonesPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const { data, error, refetch } = useQuery(trpc.compute.zones.list.queryOptions({}))
  const create = (
    <Button variant="primary" onClick={() => panel.open('aggregate-new', 'zone')}>
      <Plus aria-hidden="true" /> Create zone
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Availability zones"
        description="Hosts that fail together. A zone appears with its first host: add one to its aggregate."
        actions={create}
      />
      <Card flush>
        {error ? (
          <div className="p-4">
            <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
          </div>
        ) : (
          <DataTable<Row>
            label="Availability zones"
            columns={columns}
            rows={data?.map((row) => ({ ...row, id: row.name }))}
            nameOf={(row) => row.name}
            empty={
              <EmptyState icon={MapPin} title="No zone has hosts" action={create}>
                Every host is in a zone; the first one appears with the first host.
              </EmptyState>
            }
          />
        )}
      </Card>
    </>
  )
}
