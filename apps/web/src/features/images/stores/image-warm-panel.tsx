'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { FieldError } from '#ui/field.tsx'
import { count, splitBytes } from '#ui/format.ts'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { imageReason } from '../actions.ts'
import type { ImageRow } from '../row.ts'
import { useImage, useImageAsker } from '../use-image.ts'

/** Has hosts copy an image before anybody needs it there. */
export function ImageWarmPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Copy to hosts" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const asker = useImageAsker()
  const { isAdmin } = useSession()
  const hosts = useQuery(
    trpc.compute.hosts.list.queryOptions(
      { limit: 200, sort: { by: 'name', dir: 'asc' } },
      { enabled: isAdmin },
    ),
  ).data?.items
  const [draft, change, dirty] = useDraft({ which: 'all' as 'all' | 'some', hostIds: [] as string[] })
  const input = { id: image.id, ...(draft.which === 'some' && { hostIds: draft.hostIds }) }
  const warm = useMutation(
    trpc.image.images.warm.mutationOptions({
      onSuccess: ({ hosts: begun }) => {
        toast.success(`${image.name} is being copied to ${count(begun.length, 'host')}`, {
          action: { label: 'Operations', onClick: () => router.push(paths.image(image.id)) },
        })
        onClose()
      },
    }),
  )
  const enabled = hosts?.filter((host) => host.enabled).length
  const reason =
    imageReason('warm', image, asker) ??
    (draft.which === 'some' && draft.hostIds.length === 0
      ? 'Choose a host.'
      : draft.which === 'all' && enabled === 0
        ? 'No host is enabled.'
        : null)
  return (
    <FormPanel
      title="Copy to hosts"
      description={`Each host copies ${image.name} once, ${splitBytes(image.size ?? 0).join(' ')}, so that the first machine there need not wait for it.`}
      submit="Copy"
      mutation={warm}
      fields={['hostIds']}
      reason={reason}
      dirty={dirty}
      onSubmit={() => warm.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <RadioCards
            label="Hosts"
            value={draft.which}
            onChange={(which) => change({ which })}
            options={[
              {
                value: 'all',
                title: 'Every enabled host',
                facts: enabled === undefined ? undefined : count(enabled, 'host'),
              },
              { value: 'some', title: 'Chosen hosts' },
            ]}
          />
          {draft.which === 'some' && !hosts && <Skeleton className="h-9" />}
          {draft.which === 'some' &&
            hosts?.map((host) => (
              <CheckField
                key={host.id}
                label={host.name}
                hint={host.up ? (host.enabled ? undefined : 'Disabled') : 'Down: it copies once it is back'}
                checked={draft.hostIds.includes(host.id)}
                onChange={(on) =>
                  change({
                    hostIds: on ? [...draft.hostIds, host.id] : draft.hostIds.filter((id) => id !== host.id),
                  })
                }
              />
            ))}
          {errors.hostIds && <FieldError>{errors.hostIds}</FieldError>}
          <p className="text-xs text-muted">
            A host that has it already does nothing. What nobody uses leaves a full cache after the longest
            time first.
          </p>
          <ApiCall verb="image.images.warm" input={input} />
        </>
      )}
    </FormPanel>
  )
}
