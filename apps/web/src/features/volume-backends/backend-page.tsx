'use client'
import { useQuery } from '@tanstack/react-query'
import { Check, Gauge, HardDrive, X } from 'lucide-react'
import Link from 'next/link'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { type VolumeRow, volumeLabel } from '#features/volumes/row.ts'
import { useVolumeActions } from '#features/volumes/use-volume-actions.tsx'
import { AttachedTo, VolumeState } from '#features/volumes/volume-bits.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Gauge as UseGauge } from '#ui/gauge.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { BackendState } from './backend-bits.tsx'
import { abilitiesOf, type BackendRow, backendLook, gibText, promisableGib } from './row.ts'
import { useBackendActions } from './use-backend-actions.tsx'

/** One back end: its room, what it can do, and the volumes on it. */
export function BackendPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.volume.backends.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.volumeBackends(), label: 'Storage back ends' }}
      noun="back end"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(backend) => <Loaded backend={backend} />}
    </ResourcePage>
  )
}

const gib = (value: number) => `${gibText(value)} GiB`

function Loaded({ backend }: { backend: BackendRow }) {
  const actions = useBackendActions()(backend)
  const capacity = actions.find(({ id }) => id === 'capacity')!
  const { why, word } = backendLook(backend)
  return (
    <>
      <ResourceHeader name={backend.name}>
        <Button onClick={capacity.run}>
          <Gauge aria-hidden="true" /> Change capacity
        </Button>
        <ActionMenu name={backend.name} id={backend.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <BackendState key="state" row={backend} />],
          ['Kind', backend.driver],
          ['Host', backend.hostName],
          ['Zone', backend.zone],
          ['Volumes', backend.volumeCount],
          ['Last seen', backend.seenAt ? <Age key="seen" at={backend.seenAt} /> : 'never'],
        ]}
      />
      {why && (
        <ErrorPanel
          className="mb-4"
          title={word === 'Disabled' ? 'It takes no new volumes' : 'It does not work now'}
          error={{
            message: why,
            remedy:
              word === 'Disabled'
                ? 'Volumes that are on it go on.'
                : word === 'Silent'
                  ? 'Look whether the host is up and its volume worker runs.'
                  : './nephos doctor on the host says more.',
            requestId: null,
          }}
        />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="Room">
          <div className="flex flex-col gap-4">
            <UseGauge
              label="Promised to volumes"
              used={backend.allocatedGib}
              limit={promisableGib(backend)}
              format={gib}
            />
            <UseGauge
              label="Disk in use"
              used={backend.totalGib - backend.freeGib}
              limit={backend.totalGib}
              format={gib}
            />
            <Facts
              items={[
                {
                  label: 'May still be promised',
                  value: <ValueUnit value={gibText(backend.availableGib)} unit="GiB" />,
                },
                {
                  label: 'Promised at most',
                  value: `${backend.provisioning} times what there is`,
                },
                { label: 'Kept free', value: `${backend.reservedPercent} %` },
              ]}
            />
            <p className="text-xs text-subtle">
              Volumes are thin: they take room as they are written, so more may be promised than there is.
            </p>
          </div>
        </Card>
        <Card title="What it can do">
          <ul className="flex flex-col gap-3 text-sm">
            {abilitiesOf(backend).map(({ id, label, why: lacks }) => (
              <li key={id} className="flex items-start gap-2">
                {lacks ? (
                  <X className="mt-0.5 size-4 shrink-0 text-subtle" aria-label="no" />
                ) : (
                  <Check className="mt-0.5 size-4 shrink-0 text-ok-text" aria-label="yes" />
                )}
                <span className="min-w-0">
                  {label}
                  {lacks && <span className="block text-xs text-subtle">{lacks}</span>}
                </span>
              </li>
            ))}
          </ul>
        </Card>
        <VolumesOn backend={backend} />
      </div>
    </>
  )
}

const columns: readonly Column<VolumeRow>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (row) => (
      <NameCell>
        <Link href={paths.volume(row.id)} className="rounded hover:underline">
          {volumeLabel(row)}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <VolumeState row={row} /> },
  {
    key: 'size',
    header: 'Size',
    align: 'right',
    cell: (row) => <ValueUnit value={row.sizeGib} unit="GiB" />,
  },
  { key: 'type', header: 'Type', from: 'md', cell: (row) => row.typeName },
  { key: 'attached', header: 'Attached to', from: 'sm', cell: (row) => <AttachedTo row={row} /> },
]

/** Volumes of every project that are on it. */
function VolumesOn({ backend }: { backend: BackendRow }) {
  const trpc = useTRPC()
  const actionsOf = useVolumeActions()
  const { data, error, refetch } = useQuery(
    trpc.volume.volumes.list.queryOptions({ backendId: backend.id, allProjects: true, limit: 50 }),
  )
  return (
    <Card title="Volumes on it, of every project" className="lg:col-span-2" flush>
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <DataTable
          label={`Volumes on ${backend.name}`}
          columns={columns}
          rows={data?.items}
          nameOf={volumeLabel}
          menu={(row) => <ActionMenu name={volumeLabel(row)} id={row.id} actions={actionsOf(row)} />}
          empty={
            <EmptyState icon={HardDrive} title="No volume is on it">
              New volumes come here when their type allows it and there is more room than elsewhere.
            </EmptyState>
          }
        />
      )}
      {data?.nextCursor && (
        <p className="border-t border-line px-4 py-2.5 text-xs text-subtle">
          The newest 50 of {backend.volumeCount} are shown.
        </p>
      )}
    </Card>
  )
}
