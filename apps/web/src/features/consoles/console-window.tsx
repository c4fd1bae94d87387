'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useGone } from '#features/live/live-provider.tsx'
import { type ConsoleView, paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { useWhyNoView } from './console-tab.tsx'
import { ConsoleViewOf } from './console-view.tsx'

/** A console that has a window for itself. */
export function ConsoleWindow({ id, view }: { id: string; view: ConsoleView }) {
  const trpc = useTRPC()
  const { data: instance, error, refetch } = useQuery(trpc.compute.instances.show.queryOptions({ id }))
  const gone = useGone(id)
  const why = useWhyNoView()(view)
  const name = instance?.name
  useEffect(() => {
    if (name) document.title = `${name} · console`
  }, [name])
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  return (
    <main className="flex h-dvh flex-col">
      <h1 className="sr-only">{name ? `Console of ${name}` : 'Console'}</h1>
      {gone || why ? (
        <div role="status" className="m-auto max-w-md px-6 text-center">
          <p className="mb-4 text-sm text-muted">{gone ? 'This instance was deleted.' : why}</p>
          <LinkButton href={gone ? paths.instances() : paths.instance(id, 'console')}>Back</LinkButton>
        </div>
      ) : (
        instance && <ConsoleViewOf instance={instance} view={view} place="window" />
      )}
    </main>
  )
}
