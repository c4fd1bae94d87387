'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { volumeLabel } from '#features/volumes/row.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import type { BootChoice, BootSource, ExtraVolume } from './boot.ts'

const byDefault = ' default'

const sources: readonly { value: BootSource; title: string; facts: string }[] = [
  { value: 'image', title: 'Image', facts: 'Its disk is on the host and goes with the instance.' },
  { value: 'new-volume', title: 'New volume', facts: 'Its disk is a volume made from an image.' },
  { value: 'volume', title: 'Existing volume', facts: 'A volume that something bootable is on.' },
  {
    value: 'snapshot',
    title: 'Volume snapshot',
    facts: 'Its disk is a new volume with what a snapshot holds.',
  },
]

/** Where the disk comes from that the instance boots from. */
export function BootSection({
  boot,
  errors,
  onChange,
}: {
  boot: BootChoice
  errors: Record<string, string>
  onChange: (patch: Partial<BootChoice>) => void
}) {
  const trpc = useTRPC()
  const wantsVolumes = boot.from === 'volume'
  const wantsSnapshots = boot.from === 'snapshot'
  const volumes = useQuery(trpc.volume.volumes.list.queryOptions({ limit: 200 }, { enabled: wantsVolumes }))
  const snapshots = useQuery(
    trpc.volume.snapshots.list.queryOptions({ limit: 200 }, { enabled: wantsSnapshots }),
  )
  const usable = (volumes.data?.items ?? []).filter(
    ({ bootable, status }) => bootable && status === 'available',
  )
  const ready = (snapshots.data?.items ?? []).filter(({ status }) => status === 'available')
  const errorOf = (field: string) => errors[`volumes.0.${field}`]
  return (
    <Card title="Boot from">
      <div className="flex flex-col gap-4">
        <RadioCards
          label="Boot from"
          className="grid-cols-1 min-[480px]:grid-cols-2"
          value={boot.from}
          onChange={(from) => onChange({ from })}
          options={sources}
        />
        {wantsVolumes && (
          <Field
            label="Volume"
            error={errorOf('volumeId')}
            hint={
              volumes.data && usable.length === 0
                ? 'No volume is bootable and free at the moment.'
                : undefined
            }
          >
            <Select
              value={boot.volumeId}
              placeholder="Choose a volume"
              onChange={(volumeId) => onChange({ volumeId })}
              options={usable.map(({ id, name, sizeGib, typeName }) => ({
                value: id,
                label: volumeLabel({ id, name }),
                note: `${sizeGib} GiB, ${typeName}`,
              }))}
            />
          </Field>
        )}
        {wantsSnapshots && (
          <Field
            label="Snapshot"
            error={errorOf('snapshotId')}
            hint={snapshots.data && ready.length === 0 ? 'There is no snapshot of a volume.' : undefined}
          >
            <Select
              value={boot.snapshotId}
              placeholder="Choose a snapshot"
              onChange={(snapshotId) => onChange({ snapshotId })}
              options={ready.map(({ id, name, sizeGib }) => ({
                value: id,
                label: volumeLabel({ id, name }),
                note: `${sizeGib} GiB`,
              }))}
            />
          </Field>
        )}
        {(boot.from === 'new-volume' || wantsSnapshots) && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Size in GiB"
              optional
              error={errorOf('sizeGib')}
              hint={
                wantsSnapshots
                  ? 'Left out, as large as the snapshot.'
                  : "Left out, as large as the flavor's disk."
              }
            >
              <Input
                inputMode="numeric"
                className="tabular"
                value={boot.size}
                onChange={(event) => onChange({ size: event.target.value })}
              />
            </Field>
            <TypeField
              typeId={boot.typeId}
              error={errorOf('typeId')}
              onChange={(typeId) => onChange({ typeId })}
            />
          </div>
        )}
        {boot.from !== 'image' && (
          <CheckField
            label="Delete the volume together with the instance"
            hint="Otherwise it stays, with what is on it."
            checked={boot.deleteOnTermination}
            onChange={(deleteOnTermination) => onChange({ deleteOnTermination })}
          />
        )}
      </div>
    </Card>
  )
}

function TypeField({
  label = 'Volume type',
  typeId,
  error,
  onChange,
}: {
  label?: string
  typeId: string | undefined
  error?: string
  onChange: (typeId: string | undefined) => void
}) {
  const trpc = useTRPC()
  const types = useQuery(trpc.volume.types.list.queryOptions({ limit: 200 })).data?.items ?? []
  return (
    <Field label={label} error={error}>
      <Select
        value={typeId ?? byDefault}
        onChange={(next) => onChange(next === byDefault ? undefined : next)}
        options={[
          { value: byDefault, label: 'The default type' },
          ...types.map(({ id, name, description }) => ({
            value: id,
            label: name,
            note: description || undefined,
          })),
        ]}
      />
    </Field>
  )
}

/** Empty volumes that the instance gets besides. */
export function ExtraVolumesSection({
  extra,
  offset,
  errors,
  onChange,
}: {
  extra: readonly ExtraVolume[]
  /** How many volumes come before these in what is asked for. */
  offset: number
  errors: Record<string, string>
  onChange: (extra: ExtraVolume[]) => void
}) {
  const change = (key: string, patch: Partial<ExtraVolume>) =>
    onChange(extra.map((one) => (one.key === key ? { ...one, ...patch } : one)))
  const add = (
    <Button
      size="sm"
      reason={extra.length >= 10 ? 'More can be attached later.' : null}
      onClick={() =>
        onChange([...extra, { key: crypto.randomUUID(), size: '10', deleteOnTermination: false }])
      }
    >
      <Plus aria-hidden="true" /> Add volume
    </Button>
  )
  return (
    <Card title="More volumes" action={add}>
      {extra.length === 0 ? (
        <p className="text-sm text-muted">
          Empty disks that stay when the instance goes. They can be attached later as well.
        </p>
      ) : (
        <ul className="flex flex-col gap-4">
          {extra.map((one, index) => (
            <li key={one.key} className="flex flex-col gap-2">
              <div className="grid items-end gap-3 sm:grid-cols-[8rem_minmax(0,1fr)_auto]">
                <Field
                  label={`Size of volume ${index + 1}, GiB`}
                  error={errors[`volumes.${offset + index}.sizeGib`]}
                >
                  <Input
                    inputMode="numeric"
                    className="tabular"
                    value={one.size}
                    onChange={(event) => change(one.key, { size: event.target.value })}
                  />
                </Field>
                <TypeField
                  label={`Type of volume ${index + 1}`}
                  typeId={one.typeId}
                  error={errors[`volumes.${offset + index}.typeId`]}
                  onChange={(typeId) => change(one.key, { typeId })}
                />
                <Button
                  aria-label={`Leave out volume ${index + 1}`}
                  onClick={() => onChange(extra.filter(({ key }) => key !== one.key))}
                >
                  <Trash2 aria-hidden="true" />
                </Button>
              </div>
              <CheckField
                label="Delete it together with the instance"
                checked={one.deleteOnTermination}
                onChange={(deleteOnTermination) => change(one.key, { deleteOnTermination })}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
