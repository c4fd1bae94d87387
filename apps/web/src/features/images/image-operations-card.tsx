'use client'
import { useQuery } from '@tanstack/react-query'
import { OperationEntries } from '#features/operations/operation-timeline.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { decidesImage } from './actions.ts'
import type { ImageRow } from './row.ts'
import { useImageAsker } from './use-image.ts'

/** Imports, copies and what else was done with an image in the background. Nothing when nothing was. */
export function ImageOperationsCard({ image, className }: { image: ImageRow; className?: string }) {
  const trpc = useTRPC()
  const asker = useImageAsker()
  const { isAdmin } = useSession()
  const decides = decidesImage(image, asker)
  const { data, error, refetch } = useQuery(
    trpc.operation.operations.list.queryOptions(
      { resourceId: image.id, limit: 20, ...(isAdmin && { allProjects: true }) },
      { enabled: decides },
    ),
  )
  if (!decides || (!error && !data?.items.length)) return null
  return (
    <Card title="Operations" className={className} flush>
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : (
        <OperationEntries operations={data?.items ?? []} />
      )}
    </Card>
  )
}
