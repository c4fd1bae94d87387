'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryStates } from 'nuqs'
import { useId } from 'react'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow, formErrors } from '#features/forms/form-errors.ts'
import { useDraft } from '#features/forms/use-draft.ts'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { quotaLabel } from '#features/quotas/quotas.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field, FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { quotaProblem, sizeProblem, volumeAmounts } from '../amounts.ts'
import { volumeLabel } from '../row.ts'
import { typeFacts, useVolumeTypes } from '../types.tsx'
import { VolumeQuota } from '../volume-quota.tsx'
import { sizeText, sourceProblem, type VolumeDraft, volumeInput, whichever } from './draft.ts'
import { PlaceSection } from './place-section.tsx'
import { SourceSection, useSources } from './source-section.tsx'

/** Creates a volume: empty, or from an image, a snapshot or another volume. */
export function VolumeNewPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const say = useWorkToast()
  const formId = useId()
  const [preset] = useQueryStates({ image: parseAsString, snapshot: parseAsString, volume: parseAsString })
  const [draft, change, dirty] = useDraft<VolumeDraft>({
    source: preset.image ? 'image' : preset.snapshot ? 'snapshot' : preset.volume ? 'volume' : 'blank',
    ...(preset.image && { imageId: preset.image }),
    ...(preset.snapshot && { snapshotId: preset.snapshot }),
    ...(preset.volume && { volumeId: preset.volume }),
    name: '',
    description: '',
    zone: whichever,
    near: 'anywhere',
  })
  const sources = useSources(draft)
  const { facts } = sources
  const { types, defaultId } = useVolumeTypes()
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({}))
  const size = sizeText(draft, facts)
  const sizeWrong = sizeProblem(size, {
    least: facts?.leastGib,
    because: facts ? `What it is made from has ${facts.leastGib} GiB; it cannot be smaller.` : undefined,
    quotas,
  })
  const typeId = draft.typeId ?? (facts?.hasType ? whichever : defaultId)
  const typeName = types?.find(({ id }) => id === typeId)?.name
  const defaultFirst = (a: { id: string }, b: { id: string }) =>
    Number(b.id === defaultId) - Number(a.id === defaultId)
  const amounts = sizeWrong ? {} : volumeAmounts(typeName, Number(size))
  const input = volumeInput(draft, facts)
  const create = useMutation(
    trpc.volume.volumes.create.mutationOptions({
      onSuccess: ({ volume, operationId }) => {
        release()
        say(`Creating ${volumeLabel(volume)}`, operationId)
        router.push(paths.volume(volume.id))
      },
    }),
  )
  const release = useUnsavedGuard(dirty && !create.isSuccess)
  const { at, rest, hint } = formErrors(create.error, [
    'name',
    'description',
    'sizeGib',
    'typeId',
    'zone',
    'hints',
    'imageId',
    'snapshotId',
    'sourceVolumeId',
  ])
  const reason = readOnly ?? sourceProblem(draft) ?? sizeWrong ?? quotaProblem(quotas, amounts, quotaLabel)
  return (
    <>
      <BackLink href={paths.volumes()}>Volumes</BackLink>
      <PageHeader
        title="Create volume"
        description="A disk of its own, which instances can have and give back."
      />
      <form
        id={formId}
        noValidate
        className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]"
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason && !create.isPending) create.mutate(input)
        }}
      >
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Volume">
            <div className="flex flex-col gap-4">
              <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
                <Field label="Name" optional error={at.name}>
                  <Input
                    value={draft.name}
                    maxLength={255}
                    spellCheck={false}
                    autoFocus
                    onChange={(event) => change({ name: event.target.value })}
                  />
                </Field>
                <Field label="Size, GiB" error={at.sizeGib ?? (draft.size === undefined ? null : sizeWrong)}>
                  <Input
                    inputMode="numeric"
                    className="tabular"
                    value={size}
                    onChange={(event) => change({ size: event.target.value })}
                  />
                </Field>
              </div>
              <DescriptionField
                value={draft.description}
                error={at.description}
                onChange={(description) => change({ description })}
              />
            </div>
          </Card>
          <SourceSection draft={draft} sources={sources} errors={at} onChange={change} />
          <Card title="Type">
            <div className="flex flex-col gap-2">
              <RadioCards
                label="Type"
                className="grid-cols-1 min-[480px]:grid-cols-2"
                value={typeId}
                invalid={Boolean(at.typeId)}
                onChange={(next) => change({ typeId: next })}
                options={[
                  ...(facts?.hasType
                    ? [
                        {
                          value: whichever,
                          title: 'As what it is made from',
                          facts: 'The same type as the volume that is copied.',
                        },
                      ]
                    : []),
                  ...[...(types ?? [])].sort(defaultFirst).map((type) => ({
                    value: type.id,
                    title: type.id === defaultId ? `${type.name} (default)` : type.name,
                    facts: typeFacts(type),
                  })),
                ]}
              />
              {at.typeId && <FieldError>{at.typeId}</FieldError>}
              <p className="text-xs text-subtle">
                A type says where volumes are kept, how instances reach them, and how fast they may be.
              </p>
            </div>
          </Card>
          <PlaceSection
            draft={draft}
            errors={{ ...at, ...(errorBelow(at, 'hints') && { hints: errorBelow(at, 'hints')! }) }}
            onChange={change}
          />
        </div>
        <Card title="What it takes" className="lg:sticky lg:top-19">
          <div className="flex flex-col gap-4">
            <VolumeQuota quotas={quotas} amounts={amounts} always={['volumes', 'gigabytes']} />
            {hint && <p className="text-xs text-warn-text">{hint}</p>}
            {rest && <ErrorPanel error={rest} />}
            <Button
              type="submit"
              variant="primary"
              className="w-full"
              loading={create.isPending}
              reason={reason}
            >
              Create volume
            </Button>
            {reason && <p className="text-xs text-warn-text">{reason}</p>}
            <ApiCall verb="volume.volumes.create" input={{ ...input }} />
          </div>
        </Card>
      </form>
    </>
  )
}
