'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Mib, ValueUnit } from '#ui/value-unit.tsx'
import { ExtraSpecsCard } from './extra-specs-card.tsx'
import { FlavorAccessCard } from './flavor-access-card.tsx'
import type { FlavorRow } from './row.ts'
import { useFlavorActions } from './use-flavor-actions.tsx'

/** One flavor: its sizes, what its machines can do and are limited to, and who may use it. */
export function FlavorPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.compute.flavors.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.flavors(), label: 'Flavors' }}
      noun="flavor"
      row={data}
      gone={useGone(id)}
      goneNote="Instances made of it keep their sizes."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(flavor) => <Loaded flavor={flavor} />}
    </ResourcePage>
  )
}

function Loaded({ flavor }: { flavor: FlavorRow }) {
  const actions = useFlavorActions()(flavor)
  const panel = usePanel()
  return (
    <>
      <ResourceHeader
        name={flavor.name}
        mark={
          <Badge tone={flavor.isPublic ? 'accent' : 'neutral'}>
            {flavor.isPublic ? 'public' : 'private'}
          </Badge>
        }
      >
        <Button onClick={() => panel.open('flavor-edit', flavor.id)}>
          <Pencil aria-hidden="true" /> Edit
        </Button>
        <ActionMenu name={flavor.name} id={flavor.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <EnabledState key="state" enabled={!flavor.disabled} />],
          ['Description', flavor.description || 'none'],
          ['ID', <Copyable key="id" value={flavor.id} what="ID" display={shortId(flavor.id)} />],
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="Sizes">
          <Facts
            items={[
              { label: 'vCPUs', value: flavor.vcpus },
              { label: 'Memory', value: <Mib value={flavor.ramMib} /> },
              { label: 'Root disk', value: <ValueUnit value={flavor.diskGib} unit="GiB" /> },
              {
                label: 'Ephemeral disk',
                value:
                  flavor.ephemeralGib > 0 ? <ValueUnit value={flavor.ephemeralGib} unit="GiB" /> : 'none',
              },
              { label: 'Swap disk', value: flavor.swapMib > 0 ? <Mib value={flavor.swapMib} /> : 'none' },
            ]}
          />
        </Card>
        <FlavorAccessCard flavor={flavor} />
        <ExtraSpecsCard flavor={flavor} />
      </div>
    </>
  )
}
