'use client'
import { useQuery } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { BackLink } from '#ui/back-link.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { CatalogueCard } from './catalogue-card.tsx'
import { type Way, wayTo } from './words.ts'

/** Well-known cloud images, to be fetched by the cloud or, where it has no way to the internet, to be uploaded. */
export function CataloguePage() {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const { data, error, refetch } = useQuery(
    trpc.image.catalogue.list.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY }),
  )
  const names = data?.map(({ name }) => name) ?? []
  const present = useQuery(
    trpc.image.images.list.queryOptions({ names, limit: 100 }, { enabled: names.length > 0 }),
  ).data?.items
  // Asked alone and last: an answer may take seconds, and what is asked at once is answered at once.
  const check = useQuery(
    trpc.image.catalogue.check.queryOptions(
      {},
      { enabled: readOnly === null && present !== undefined, staleTime: 60_000, retry: false },
    ),
  )
  const way = wayTo(check.data)
  return (
    <>
      <BackLink href={paths.images()}>Images</BackLink>
      <PageHeader
        title="Image catalogue"
        description="Cloud images that distributions publish, for x86-64 and with cloud-init. They are fetched from the distribution when you add one."
        actions={
          <>
            <LinkButton href={paths.imageNew({ from: 'address' })} reason={readOnly}>
              Another address
            </LinkButton>
            <LinkButton
              href={paths.imageNew()}
              variant={way === 'none' ? 'primary' : undefined}
              reason={readOnly}
            >
              <Upload aria-hidden="true" /> Upload image
            </LinkButton>
          </>
        }
      />
      <WayNote way={way} asking={check.isLoading} />
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-64 w-full rounded-xl" />
      ) : (
        <ul aria-label="Catalogue" className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          {data.map((entry) => (
            <CatalogueCard
              key={entry.id}
              entry={entry}
              reached={check.data?.find(({ id }) => id === entry.id)}
              present={present?.find(({ name, status }) => name === entry.name && status !== 'queued')}
              readOnly={readOnly}
            />
          ))}
        </ul>
      )}
    </>
  )
}

function WayNote({ way, asking }: { way: Way; asking: boolean }) {
  const text = asking
    ? 'Looking which of them the cloud can reach …'
    : way === 'none'
      ? 'This cloud has no way to the internet now, so it can fetch none of them. Download one on a computer that has a way, and upload it here: its name and properties are filled in.'
      : way === 'partly'
        ? 'The cloud cannot reach some of them now. Those can be downloaded on another computer and uploaded here.'
        : null
  if (!text) return null
  return (
    <p role="status" className="mb-4 rounded-lg border border-line bg-raised px-4 py-3 text-sm text-muted">
      {text}
    </p>
  )
}
