'use client'
import { useQuery } from '@tanstack/react-query'
import { List, Plus, Share2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { layoutTopology, mostOpen } from './layout.ts'
import type { Topology } from './row.ts'
import { TopologyList } from './topology-list.tsx'

const Picture = dynamic(() => import('./picture.tsx').then((file) => file.Picture), {
  ssr: false,
  loading: () => <Skeleton className="h-[calc(100dvh-13rem)] min-h-96 w-full rounded-xl" />,
})

const wide = '(min-width: 48rem)'
const watchWidth = (changed: () => void) => {
  const media = window.matchMedia(wide)
  media.addEventListener('change', changed)
  return () => media.removeEventListener('change', changed)
}
const useWide = () =>
  useSyncExternalStore(
    watchWidth,
    () => window.matchMedia(wide).matches,
    () => true,
  )

/** What the networks of the project join, as a picture that follows every change. */
export function TopologyPage() {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.topology.show.queryOptions({}))
  const [view, setView] = useQueryState(
    'view',
    parseAsStringLiteral(['list']).withOptions({ history: 'replace' }),
  )
  const asList = view === 'list'
  const isWide = useWide()
  return (
    <>
      <PageHeader
        title="Topology"
        description="External networks, routers, networks and the instances on them."
        actions={
          isWide && (
            <Button aria-pressed={asList} onClick={() => void setView(asList ? null : 'list')}>
              {asList ? <Share2 aria-hidden="true" /> : <List aria-hidden="true" />}
              {asList ? 'Show as picture' : 'Show as list'}
            </Button>
          )
        }
      />
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      ) : data ? (
        <Loaded topology={data} list={asList || !isWide} />
      ) : (
        <Skeleton className="h-96 w-full rounded-xl" />
      )}
    </>
  )
}

function Loaded({ topology, list }: { topology: Topology; list: boolean }) {
  const readOnly = useWhyReadOnly()
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map())
  const toggle = useCallback(
    (id: string, open: boolean) => setChosen((before) => new Map(before).set(id, open)),
    [],
  )
  const { boxes, lines } = useMemo(
    () => layoutTopology(topology, (id, members) => chosen.get(id) ?? members <= mostOpen),
    [topology, chosen],
  )
  if (boxes.length === 0)
    return (
      <EmptyState
        icon={Share2}
        title="Nothing to draw yet"
        action={
          <LinkButton variant="primary" href={paths.networkNew()} reason={readOnly}>
            <Plus aria-hidden="true" /> Create network
          </LinkButton>
        }
      >
        Networks, the routers that join them and the instances on them are drawn here as soon as there are
        some.
      </EmptyState>
    )
  const { truncated } = topology
  const left = (['networks', 'routers', 'instances'] as const).filter((noun) => truncated[noun])
  return (
    <>
      {left.length > 0 && (
        <p role="status" className="mb-3 text-sm text-warn-text">
          There are more {left.join(' and ')} than are shown here; the oldest ones are.
        </p>
      )}
      {list ? (
        <TopologyList boxes={boxes} lines={lines} onToggle={toggle} />
      ) : (
        <Picture boxes={boxes} lines={lines} onToggle={toggle} />
      )}
    </>
  )
}
