'use client'
import { useQuery } from '@tanstack/react-query'
import { Gauge as GaugeIcon, UserPlus } from 'lucide-react'
import { AssignmentsCard } from '#features/assignments/assignments-card.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { quotaFormat, quotaLabel } from '#features/quotas/quotas.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Gauge } from '#ui/gauge.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import type { ProjectRow } from './row.ts'
import { useProjectActions } from './use-project-actions.tsx'

/** One project: what it may use and uses, and who is in it. */
export function ProjectPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.identity.projects.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.projects(), label: 'Projects' }}
      noun="project"
      row={data}
      gone={useGone(id)}
      goneNote="Its roles, quotas and tokens went with it."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(project) => <Loaded project={project} />}
    </ResourcePage>
  )
}

function Loaded({ project }: { project: ProjectRow }) {
  const actions = useProjectActions()(project)
  const panel = usePanel()
  return (
    <>
      <ResourceHeader name={project.name}>
        <Button onClick={() => panel.open('project-quotas', project.id)}>
          <GaugeIcon aria-hidden="true" /> Quotas
        </Button>
        <Button onClick={() => panel.open('project-grant', project.id)}>
          <UserPlus aria-hidden="true" /> Grant role
        </Button>
        <ActionMenu name={project.name} id={project.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <EnabledState key="state" enabled={project.enabled} />],
          ['Description', project.description || 'none'],
          ['Domain', project.domainName],
          ['Created', <Age key="created" at={project.createdAt} />],
          ['ID', <Copyable key="id" value={project.id} what="ID" display={shortId(project.id)} />],
        ]}
      />
      <div className="flex flex-col gap-4">
        <QuotaCard projectId={project.id} />
        <AssignmentsCard
          of={{ projectId: project.id, name: project.name }}
          onGrant={() => panel.open('project-grant', project.id)}
        />
      </div>
    </>
  )
}

function QuotaCard({ projectId }: { projectId: string }) {
  const trpc = useTRPC()
  const panel = usePanel()
  const { data, error, refetch } = useQuery(trpc.identity.quotas.show.queryOptions({ projectId }))
  return (
    <Card
      title="Quotas"
      action={
        <Button size="sm" onClick={() => panel.open('project-quotas', projectId)}>
          Edit
        </Button>
      }
    >
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      ) : !data ? (
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : (
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
          {data
            .filter(({ resource }) => resource !== 'key_pairs')
            .map(({ resource, used, limit }) => (
              <Gauge
                key={resource}
                label={quotaLabel(resource)}
                used={used}
                limit={limit}
                format={(value) => quotaFormat(resource, value)}
              />
            ))}
        </div>
      )}
    </Card>
  )
}
