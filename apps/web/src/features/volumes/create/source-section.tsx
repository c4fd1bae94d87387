'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import { volumeReason } from '../actions.ts'
import { volumeLabel } from '../row.ts'
import { leastOfImage, type SourceFacts, type VolumeDraft, type VolumeSource } from './draft.ts'

const sources: readonly { value: VolumeSource; title: string; facts: string }[] = [
  { value: 'blank', title: 'Nothing', facts: 'An empty disk. The guest makes a file system on it.' },
  { value: 'image', title: 'Image', facts: 'An instance can boot from it.' },
  { value: 'snapshot', title: 'Volume snapshot', facts: 'What a volume held when the snapshot was taken.' },
  { value: 'volume', title: 'Another volume', facts: 'A copy of what it holds now.' },
]

/** What can be chosen from, asked for when it is needed, and what the choice means. */
export function useSources(draft: VolumeDraft) {
  const trpc = useTRPC()
  const wants = (source: VolumeSource) => ({ enabled: draft.source === source })
  const images = useQuery(
    trpc.image.images.list.queryOptions({ limit: 200, status: 'active' }, wants('image')),
  ).data?.items
  const snapshots = useQuery(trpc.volume.snapshots.list.queryOptions({ limit: 200 }, wants('snapshot'))).data
    ?.items
  const volumes = useQuery(trpc.volume.volumes.list.queryOptions({ limit: 200 }, wants('volume'))).data?.items
  const image = images?.find(({ id }) => id === draft.imageId)
  const snapshot = snapshots?.find(({ id }) => id === draft.snapshotId)
  const volume = volumes?.find(({ id }) => id === draft.volumeId)
  const facts: SourceFacts | null =
    draft.source === 'image' && image
      ? { leastGib: leastOfImage(image), hasType: false }
      : draft.source === 'snapshot' && snapshot
        ? { leastGib: snapshot.sizeGib, hasType: true }
        : draft.source === 'volume' && volume
          ? { leastGib: volume.sizeGib, hasType: true }
          : null
  return { images, snapshots, volumes, facts }
}

/** What the new volume is to hold. */
export function SourceSection({
  draft,
  sources: { images, snapshots, volumes },
  errors,
  onChange,
}: {
  draft: VolumeDraft
  sources: ReturnType<typeof useSources>
  errors: Record<string, string>
  onChange: (patch: Partial<VolumeDraft>) => void
}) {
  return (
    <Card title="Made from">
      <div className="flex flex-col gap-4">
        <RadioCards
          label="Made from"
          className="grid-cols-1 min-[480px]:grid-cols-2"
          value={draft.source}
          onChange={(source) => onChange({ source })}
          options={sources}
        />
        {draft.source === 'image' && (
          <Field
            label="Image"
            error={errors.imageId}
            hint={images?.length === 0 ? 'There is no image yet.' : undefined}
          >
            <Select
              value={draft.imageId}
              placeholder="Choose an image"
              onChange={(imageId) => onChange({ imageId })}
              options={(images ?? []).map((image) => ({
                value: image.id,
                label: image.name,
                note: `needs at least ${leastOfImage(image)} GiB`,
              }))}
            />
          </Field>
        )}
        {draft.source === 'snapshot' && (
          <Field
            label="Snapshot"
            error={errors.snapshotId}
            hint={snapshots?.length === 0 ? 'There is no snapshot of a volume yet.' : undefined}
          >
            <Select
              value={draft.snapshotId}
              placeholder="Choose a snapshot"
              onChange={(snapshotId) => onChange({ snapshotId })}
              options={(snapshots ?? []).map((snapshot) => ({
                value: snapshot.id,
                label: volumeLabel(snapshot),
                note: `${snapshot.sizeGib} GiB, of ${snapshot.volumeName || 'a volume without a name'}`,
                disabled: snapshot.status !== 'available',
              }))}
            />
          </Field>
        )}
        {draft.source === 'volume' && (
          <Field
            label="Volume"
            error={errors.sourceVolumeId}
            hint={volumes?.length === 0 ? 'There is no volume yet.' : 'It can be used while it is copied.'}
          >
            <Select
              value={draft.volumeId}
              placeholder="Choose a volume"
              onChange={(volumeId) => onChange({ volumeId })}
              options={(volumes ?? []).map((volume) => {
                const why = volumeReason('clone', volume, { isAdmin: false, readOnly: null })
                return {
                  value: volume.id,
                  label: volumeLabel(volume),
                  note: why ?? `${volume.sizeGib} GiB, ${volume.typeName}`,
                  disabled: why !== null,
                }
              })}
            />
          </Field>
        )}
      </div>
    </Card>
  )
}
