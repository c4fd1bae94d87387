'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { volumeReason } from '#features/volumes/actions.ts'
import { type VolumeRow, volumeLabel } from '#features/volumes/row.ts'
import { useVolume, useVolumeAsker } from '#features/volumes/use-volume.ts'
import { VolumeQuota } from '#features/volumes/volume-quota.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'

/** Makes a backup. `of`: id of the volume, and after a slash that of the snapshot whose contents are kept. */
export function BackupCreatePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const [id = '', snapshotId] = of.split('/')
  return (
    <PanelOf title="Create backup" query={useVolume(id)} onClose={onClose}>
      {(volume) => <Form volume={volume} snapshotId={snapshotId} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({
  volume,
  snapshotId,
  onClose,
}: {
  volume: VolumeRow
  snapshotId: string | undefined
  onClose: () => void
}) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const earlier = useQuery(
    trpc.volume.backups.list.queryOptions({
      volumeId: volume.id,
      status: 'available',
      limit: 1,
      ...(asker.isAdmin && { allProjects: true }),
    }),
  ).data?.items[0]
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({ projectId: volume.projectId }))
  const inUse = volume.status === 'in_use' && !snapshotId
  const [draft, change, dirty] = useDraft({
    name: '',
    description: '',
    kind: undefined as 'full' | 'incremental' | undefined,
    force: false,
  })
  const kind = draft.kind ?? (earlier ? 'incremental' : 'full')
  const input = {
    volumeId: volume.id,
    ...(snapshotId && { snapshotId }),
    name: draft.name.trim(),
    description: draft.description.trim(),
    incremental: kind === 'incremental',
    ...(draft.force && { force: true }),
  }
  const create = useMutation(
    trpc.volume.backups.create.mutationOptions({
      onSuccess: ({ operationId }) => {
        say(`Backing up ${volumeLabel(volume)}`, operationId)
        onClose()
      },
    }),
  )
  const reason = (snapshotId ? asker.readOnly : volumeReason('backup', volume, asker)) ?? null
  return (
    <FormPanel
      title="Create backup"
      description={`What ${snapshotId ? `the snapshot of ${volumeLabel(volume)}` : volumeLabel(volume)} holds is copied to the store of backups.`}
      submit="Create backup"
      mutation={create}
      fields={['name', 'description', 'incremental', 'force', 'snapshotId', 'volumeId']}
      reason={
        reason ?? (inUse && !draft.force ? 'Say that it may be made while the volume is in use.' : null)
      }
      dirty={dirty}
      onSubmit={() => create.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name"
            optional
            error={errors.name ?? errors.incremental ?? errors.snapshotId ?? errors.volumeId}
          >
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <RadioCards
            label="Kind"
            value={kind}
            onChange={(next) => change({ kind: next })}
            options={[
              { value: 'full', title: 'Full', facts: 'All of it. It needs no other backup.' },
              {
                value: 'incremental',
                title: 'Incremental',
                facts: earlier
                  ? `What has changed since ${volumeLabel(earlier)}. Faster and smaller; it needs that one.`
                  : 'What has changed since the last backup.',
                reason: earlier ? null : 'The volume has no backup yet.',
              },
            ]}
          />
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          {inUse && (
            <CheckField
              label="Although it is in use"
              hint="It is read from a snapshot: what the guest has not written to its disk yet is missing."
              error={errors.force}
              checked={draft.force}
              onChange={(force) => change({ force })}
            />
          )}
          <VolumeQuota quotas={quotas} amounts={{ backups: 1, backup_gigabytes: volume.sizeGib }} />
          <ApiCall verb="volume.backups.create" input={input} />
        </>
      )}
    </FormPanel>
  )
}
