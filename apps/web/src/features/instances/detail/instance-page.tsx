'use client'
import { useQuery } from '@tanstack/react-query'
import { Play, Square } from 'lucide-react'
import Link from 'next/link'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ReactNode } from 'react'
import { ConsoleTab } from '#features/consoles/console-tab.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { MoveSection } from '#features/migrations/move-section.tsx'
import { useSession } from '#features/session/use-session.ts'
import { instanceTabs, paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { BackLink } from '#ui/back-link.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { TabPanel, Tabs } from '#ui/tabs.tsx'
import { Age } from '#ui/time.tsx'
import { Mib } from '#ui/value-unit.tsx'
import { InstanceState } from '../instance-state.tsx'
import type { InstanceDetail } from '../row.ts'
import { useInstanceActions } from '../use-instance-actions.tsx'
import { MetricsTab } from './metrics-tab.tsx'
import { NetworkingTab } from './networking-tab.tsx'
import { OperationsTab } from './operations-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { StateNotes } from './state-notes.tsx'
import { VolumesTab } from './volumes-tab.tsx'

const tabs = [
  { value: 'overview', label: 'Overview' },
  { value: 'metrics', label: 'Metrics' },
  { value: 'console', label: 'Console' },
  { value: 'operations', label: 'Operations' },
  { value: 'networking', label: 'Networking' },
  { value: 'volumes', label: 'Volumes' },
] as const

/** One instance: a strip with what matters, and tabs below it. */
export function InstancePage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data: instance, error, refetch } = useQuery(trpc.compute.instances.show.queryOptions({ id }))
  const gone = useGone(id)
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(instanceTabs).withDefault('overview').withOptions({ history: 'push' }),
  )
  return (
    <>
      <BackLink href={paths.instances()}>Instances</BackLink>
      {gone ? (
        <Deleted name={instance?.name} at={gone} />
      ) : error ? (
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      ) : !instance ? (
        <DetailSkeleton />
      ) : (
        <>
          <Header instance={instance} />
          <Strip instance={instance} />
          <StateNotes instance={instance} />
          <MoveSection instance={instance} />
          <Tabs
            label={`Parts of ${instance.name}`}
            tabs={tabs}
            value={tab}
            onChange={(next) => void setTab(next as (typeof instanceTabs)[number])}
          >
            <TabPanel value="overview">
              <OverviewTab instance={instance} />
            </TabPanel>
            <TabPanel value="metrics">
              <MetricsTab instance={instance} />
            </TabPanel>
            <TabPanel value="console">
              <ConsoleTab instance={instance} />
            </TabPanel>
            <TabPanel value="operations">
              <OperationsTab instance={instance} />
            </TabPanel>
            <TabPanel value="networking">
              <NetworkingTab instance={instance} />
            </TabPanel>
            <TabPanel value="volumes">
              <VolumesTab instance={instance} />
            </TabPanel>
          </Tabs>
        </>
      )}
    </>
  )
}

function Header({ instance }: { instance: InstanceDetail }) {
  const actions = useInstanceActions()(instance)
  const start = actions.find(({ id }) => id === 'start')!
  const stop = actions.find(({ id }) => id === 'stop')!
  return (
    <header className="mb-4 flex flex-wrap items-center justify-between gap-3">
      <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">{instance.name}</h1>
      <div className="flex items-center gap-2">
        <Button reason={start.reason} onClick={start.run}>
          <Play aria-hidden="true" /> Start
        </Button>
        <Button reason={stop.reason} onClick={stop.run}>
          <Square aria-hidden="true" /> Stop
        </Button>
        <ActionMenu name={instance.name} id={instance.id} actions={actions} size="header" />
      </div>
    </header>
  )
}

function Strip({ instance }: { instance: InstanceDetail }) {
  const { isAdmin } = useSession()
  const facts: [string, ReactNode][] = [
    [
      'State',
      <span key="state" className="flex items-center gap-2">
        <InstanceState row={instance} />
        {instance.vmState === 'active' && !instance.taskState && (
          <Badge tone={instance.guestReadyAt ? 'ok' : 'neutral'}>
            {instance.guestReadyAt ? 'guest ready' : 'guest booting'}
          </Badge>
        )}
      </span>,
    ],
    [
      'Flavor',
      <span key="flavor">
        {isAdmin ? (
          <Link href={paths.admin.flavor(instance.flavorId)} className="rounded hover:underline">
            {instance.flavorName}
          </Link>
        ) : (
          instance.flavorName
        )}{' '}
        <span className="text-xs text-subtle">
          {instance.vcpus} vCPU, <Mib value={instance.ramMib} />
        </span>
      </span>,
    ],
    [
      'Addresses',
      instance.addresses.length > 0 ? (
        <span key="addresses" className="flex flex-wrap gap-x-3">
          {instance.addresses.map(({ ip, portId }) => (
            <Copyable key={portId + ip} value={ip} what="address" />
          ))}
        </span>
      ) : (
        'none'
      ),
    ],
    [
      'Image',
      instance.imageId ? (
        <Link
          key="image"
          href={paths.image(instance.imageId)}
          className="block truncate rounded hover:underline"
        >
          {instance.imageName}
        </Link>
      ) : (
        'none: it boots from a volume'
      ),
    ],
    ...(isAdmin ? ([['Host', instance.hostName ?? 'not placed']] as [string, ReactNode][]) : []),
    ['Created', <Age key="created" at={instance.createdAt} />],
    ['ID', <Copyable key="id" value={instance.id} what="ID" display={shortId(instance.id)} />],
  ]
  return (
    <dl className="mb-5 flex flex-wrap gap-x-8 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3">
      {facts.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-xs text-subtle">{label}</dt>
          <dd className="mt-0.5 min-w-0 max-w-64 text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Deleted({ name, at }: { name: string | undefined; at: Date }) {
  return (
    <div role="status" className="rounded-xl border border-line bg-surface px-6 py-14 text-center">
      <h1 className="text-base font-semibold">
        {name ? `${name} was deleted` : 'This instance was deleted'}
      </h1>
      <p className="mt-1.5 text-sm text-muted">
        <Age at={at} />. Its disk is removed and its addresses are free.
      </p>
      <Button asChild className="mt-5">
        <Link href={paths.instances()}>Back to instances</Link>
      </Button>
    </div>
  )
}

function DetailSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <Skeleton className="h-7 w-56" />
      <Skeleton className="h-16 w-full rounded-xl" />
      <Skeleton className="h-56 w-full rounded-xl" />
    </div>
  )
}
