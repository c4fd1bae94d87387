'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { volumeLabel } from '../row.ts'
import { type VolumeDraft, whichever } from './draft.ts'

/** Where the new volume is to be kept. */
export function PlaceSection({
  draft,
  errors,
  onChange,
}: {
  draft: VolumeDraft
  errors: Record<string, string>
  onChange: (patch: Partial<VolumeDraft>) => void
}) {
  const trpc = useTRPC()
  const zones = useQuery(trpc.volume.zones.list.queryOptions({})).data ?? []
  const volumes = useQuery(
    trpc.volume.volumes.list.queryOptions({ limit: 200 }, { enabled: draft.near !== 'anywhere' }),
  ).data?.items
  return (
    <Card title="Place">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Availability zone"
          error={errors.zone}
          hint="Where instances of another zone cannot reach it, choose theirs."
        >
          <Select
            value={draft.zone}
            onChange={(zone) => onChange({ zone })}
            options={[
              { value: whichever, label: 'Any zone' },
              ...zones.map(({ name, available }) => ({
                value: name,
                label: name,
                note: available ? undefined : 'takes no new volumes now',
                disabled: !available,
              })),
            ]}
          />
        </Field>
        <Field label="Host" error={errors.hints}>
          <Select
            value={draft.near}
            onChange={(near) => onChange({ near: near as VolumeDraft['near'] })}
            options={[
              { value: 'anywhere', label: 'Any host' },
              { value: 'beside', label: 'The host of another volume', note: 'close together' },
              {
                value: 'apart',
                label: 'Not the host of another volume',
                note: 'so that one of them survives',
              },
            ]}
          />
        </Field>
        {draft.near !== 'anywhere' && (
          <Field label="Which volume" className="sm:col-span-2">
            <Select
              value={draft.nearId}
              placeholder="Choose a volume"
              onChange={(nearId) => onChange({ nearId })}
              options={(volumes ?? []).map((volume) => ({
                value: volume.id,
                label: volumeLabel(volume),
                note: `${volume.sizeGib} GiB, ${volume.typeName}`,
              }))}
            />
          </Field>
        )}
      </div>
    </Card>
  )
}
