'use client'
import { useQuery } from '@tanstack/react-query'
import { Ban, CircleCheck, DoorOpen } from 'lucide-react'
import { DrainCard } from '#features/drains/drain-card.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { count } from '#ui/format.ts'
import { Gauge } from '#ui/gauge.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { Mib } from '#ui/value-unit.tsx'
import { StorageSharers } from './disks-note.tsx'
import { Heartbeat } from './heartbeat.tsx'
import { HostInstances } from './host-instances.tsx'
import { HostMetrics } from './host-metrics.tsx'
import { HostMoves } from './host-moves.tsx'
import { HostState } from './hosts-page.tsx'
import { type Capacity, capacities, type HostRow, hostFacts } from './row.ts'
import { storageOf } from './storage.ts'
import { useHostActions } from './use-host-actions.tsx'

/** One host: capacity, drivers with their reasons, services and instances. */
export function HostPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.compute.hosts.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.hosts(), label: 'Hosts' }}
      noun="host"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(host) => <Loaded host={host} />}
    </ResourcePage>
  )
}

function Loaded({ host }: { host: HostRow }) {
  const actions = useHostActions()(host)
  const toggle = actions.find(({ id }) => id === 'enable' || id === 'disable')!
  const evacuate = actions.find(({ id }) => id === 'evacuate')!
  const { vcpus, ram, disk } = capacities(host)
  const { capabilities, versions } = hostFacts(host.facts)
  return (
    <>
      <ResourceHeader name={host.name}>
        <Button onClick={toggle.run}>
          {host.enabled ? <Ban aria-hidden="true" /> : <CircleCheck aria-hidden="true" />} {toggle.label}
        </Button>
        <ActionMenu name={host.name} id={host.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <HostState key="state" host={host} />],
          ...(host.disabledReason ? ([['Because', host.disabledReason]] as const) : []),
          ...(host.underlayIp
            ? ([
                ['Between hosts', <Copyable key="underlay" value={host.underlayIp} what="address" />],
              ] as const)
            : []),
          ['Availability zone', host.zone],
          [
            'Instances',
            <span key="count" className="tabular">
              {host.instanceCount}
            </span>,
          ],
          ['Known since', <Age key="since" at={host.createdAt} />],
          ['ID', <Copyable key="id" value={host.id} what="ID" display={shortId(host.id)} />],
        ]}
      />
      {!host.up && host.instanceCount > 0 && (
        <div
          role="note"
          className="mb-5 flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line-strong bg-raised px-4 py-2.5 text-sm"
        >
          <p className="min-w-0 flex-1 basis-72">
            The host gives no sign of life; nobody knows whether {count(host.instanceCount, 'instance')} on it
            still run. Once you are sure that it is off, evacuate them: they are brought up on other hosts.
          </p>
          <Button size="sm" reason={evacuate.reason} onClick={evacuate.run}>
            <DoorOpen aria-hidden="true" /> Evacuate
          </Button>
        </div>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <DrainCard host={host} />
        <Card title="Capacity" action={<CapacityButton host={host} />}>
          <div className="flex flex-col gap-5">
            <CapacityGauge capacity={vcpus} />
            <CapacityGauge capacity={ram} format={(mib) => <Mib value={mib} />} />
            <CapacityGauge capacity={disk} format={(gib) => <Mib value={gib * 1024} />} />
          </div>
        </Card>
        <Card title="Services" flush>
          {host.services.length === 0 ? (
            <p className="p-4 text-sm text-muted">No worker of this host has reported.</p>
          ) : (
            <ul className="divide-y divide-line">
              {host.services.map((service) => (
                <li
                  key={service.role}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3"
                >
                  <div>
                    <p className="text-sm font-medium first-letter:uppercase">{service.role} worker</p>
                    <p className="text-xs text-subtle">process {service.pid}</p>
                  </div>
                  <Heartbeat service={service} />
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card title="What it can do">
          <Facts
            items={[
              { label: 'Compute driver', value: host.computeDriver || 'not reported' },
              { label: 'Network driver', value: host.networkDriver || 'not reported' },
              ...capabilities,
              ...(storageOf(host)
                ? [{ label: 'Storage is shared with', value: <StorageSharers name={host.name} /> }]
                : []),
            ]}
          />
        </Card>
        <Card title="Versions">
          <Facts
            items={[
              ...host.services.map(({ role, version }) => ({
                label: `Nephos, ${role} worker`,
                value: version,
              })),
              ...versions,
            ]}
          />
        </Card>
        <HostMoves host={host} />
        <HostMetrics hostId={host.id} />
        <HostInstances host={host} />
      </div>
    </>
  )
}

/** Opens what the capacity is made of, to change it. */
function CapacityButton({ host }: { host: HostRow }) {
  const panel = usePanel()
  return (
    <Button size="sm" onClick={() => panel.open('host-capacity', host.id)}>
      Change capacity
    </Button>
  )
}

function CapacityGauge({
  capacity: { label, total, reserved, ratio, offered, used },
  format = (value) => value,
}: {
  capacity: Capacity
  format?: (value: number) => React.ReactNode
}) {
  return (
    <div>
      <Gauge label={label} used={used} limit={offered} format={format} />
      <p className="mt-1 text-xs text-subtle">
        The host has {format(total)}
        {reserved > 0 && <>, keeps {format(reserved)} for itself</>}
        {ratio !== 1 && <>, and promises {ratio} times what it has</>}.
      </p>
    </div>
  )
}
