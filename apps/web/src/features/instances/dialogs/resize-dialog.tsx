'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useState } from 'react'
import { type SizeChange, sizeChanges, sizeWords, whyNoResize } from '#features/migrations/choices.ts'
import { useClientConfig } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { FieldError } from '#ui/field.tsx'
import { formatDuration } from '#ui/format.ts'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which flavor an instance gets, and says what that changes. */
export function ResizeDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { resizeConfirmSeconds } = useClientConfig()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const { data } = useQuery(trpc.compute.flavors.list.queryOptions({ limit: 200 }))
  const { data: image } = useQuery(
    trpc.image.images.show.queryOptions(
      { id: row.imageId ?? '' },
      { enabled: row.imageId !== null, retry: false },
    ),
  )
  const [flavorId, setFlavorId] = useState<string>()
  const chosen = data?.items.find(({ id }) => id === flavorId)
  const loaded = instance && data
  return (
    <ActionForm
      action="resize"
      row={row}
      title={`Resize ${row.name}`}
      description={
        <>
          {row.vmState === 'active' ? 'It is shut down and started again, ' : 'It stays off, '}
          on the host that suits it best. Then it waits to be confirmed; until then it can be brought back as
          it was
          {resizeConfirmSeconds > 0 &&
            `, and after ${formatDuration(resizeConfirmSeconds * 1000)} it is confirmed by itself`}
          .
        </>
      }
      fields={['flavorId']}
      reason={!loaded ? 'The flavors are still being read.' : chosen ? null : 'Choose a flavor.'}
      submit={(instances) => instances.resize.mutate({ id: row.id, flavorId: chosen!.id })}
      onClose={onClose}
    >
      {(errors) =>
        !loaded ? (
          <div className="grid gap-2" aria-busy="true">
            <Skeleton className="h-14" />
            <Skeleton className="h-14" />
          </div>
        ) : (
          <>
            <RadioCards
              label="Flavor"
              value={flavorId}
              onChange={setFlavorId}
              invalid={Boolean(errors.flavorId)}
              options={data.items.map((flavor) => ({
                value: flavor.id,
                title: flavor.name,
                facts: sizeWords(flavor),
                reason: whyNoResize(instance, flavor, image),
              }))}
            />
            {errors.flavorId && <FieldError>{errors.flavorId}</FieldError>}
            {chosen && <Changes changes={sizeChanges(instance, chosen)} />}
          </>
        )
      }
    </ActionForm>
  )
}

function Changes({ changes }: { changes: readonly SizeChange[] }) {
  return (
    <section aria-label="What changes" className="rounded-lg border border-line bg-raised px-3 py-2.5">
      <h3 className="mb-1 text-[13px] font-medium">What changes</h3>
      {changes.length === 0 ? (
        <p className="text-xs text-muted">Only the extra specs; the sizes are the same.</p>
      ) : (
        <dl className="flex flex-col gap-0.5 text-sm">
          {changes.map(({ label, before, after }) => (
            <div key={label} className="flex items-center justify-between gap-4">
              <dt className="text-muted">{label}</dt>
              <dd className="tabular flex items-center gap-1.5">
                {before}
                <ArrowRight className="size-3.5 text-subtle" aria-label="becomes" />
                <span className="font-medium">{after}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
