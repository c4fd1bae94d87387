'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { volumeReason } from '#features/volumes/actions.ts'
import { sizeProblem, volumeAmounts } from '#features/volumes/amounts.ts'
import { volumeLabel } from '#features/volumes/row.ts'
import { useVolumeTypes } from '#features/volumes/types.tsx'
import { useVolumeAsker } from '#features/volumes/use-volume.ts'
import { VolumeQuota } from '#features/volumes/volume-quota.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import { type BackupRow, backupReason } from './row.ts'

/** Makes a volume of a backup: a new one, or one that is there. */
export function BackupRestorePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.volume.backups.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Restore backup" query={query} onClose={onClose}>
      {(backup) => <Form backup={backup} onClose={onClose} />}
    </PanelOf>
  )
}

const asBefore = ' as before'

function Form({ backup, onClose }: { backup: BackupRow; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const [draft, change, dirty] = useDraft({
    to: 'new' as 'new' | 'existing',
    name: backup.volumeName ? `${backup.volumeName}-restored` : '',
    size: String(backup.sizeGib),
    typeId: asBefore,
    volumeId: '',
    replace: false,
  })
  const isNew = draft.to === 'new'
  const { types } = useVolumeTypes()
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({}))
  const volumes = useQuery(trpc.volume.volumes.list.queryOptions({ limit: 200 }, { enabled: !isNew })).data
    ?.items
  const sizeWrong = sizeProblem(draft.size, {
    least: backup.sizeGib,
    because: `The backup needs at least ${backup.sizeGib} GiB.`,
    quotas,
  })
  const input = isNew
    ? {
        id: backup.id,
        ...(draft.name.trim() && { name: draft.name.trim() }),
        sizeGib: Number(draft.size),
        ...(draft.typeId !== asBefore && { typeId: draft.typeId }),
      }
    : { id: backup.id, volumeId: draft.volumeId }
  const restore = useMutation(
    trpc.volume.backups.restore.mutationOptions({
      onSuccess: ({ operationId, volume }) => {
        say(`Restoring ${volumeLabel(backup)} to ${volumeLabel(volume)}`, operationId)
        router.push(paths.volume(volume.id))
      },
    }),
  )
  const problem = isNew
    ? sizeWrong
    : !draft.volumeId
      ? 'Choose a volume.'
      : draft.replace
        ? null
        : 'Say that what is on it may be replaced.'
  const typeName = types?.find(({ id }) => id === draft.typeId)?.name ?? backup.typeName
  return (
    <FormPanel
      title="Restore backup"
      description={`${volumeLabel(backup)}, of ${backup.volumeName || 'a volume'} with ${backup.sizeGib} GiB. Each piece is checked before it is written.`}
      submit="Restore"
      danger={!isNew}
      mutation={restore}
      fields={['volumeId', 'name', 'typeId', 'sizeGib']}
      reason={backupReason('restore', backup, asker) ?? problem}
      dirty={dirty}
      onSubmit={() => restore.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <RadioCards
            label="To"
            className="grid-cols-2"
            value={draft.to}
            onChange={(to) => change({ to })}
            options={[
              { value: 'new', title: 'A new volume', facts: 'Nothing that is there changes.' },
              { value: 'existing', title: 'A volume that is there', facts: 'All that is on it is replaced.' },
            ]}
          />
          {isNew ? (
            <>
              <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3">
                <Field label="Name" optional error={errors.name}>
                  <Input
                    value={draft.name}
                    maxLength={255}
                    spellCheck={false}
                    onChange={(event) => change({ name: event.target.value })}
                  />
                </Field>
                <Field label="Size, GiB" error={errors.sizeGib ?? sizeWrong}>
                  <Input
                    inputMode="numeric"
                    className="tabular"
                    value={draft.size}
                    onChange={(event) => change({ size: event.target.value })}
                  />
                </Field>
              </div>
              <Field label="Type" error={errors.typeId}>
                <Select
                  value={draft.typeId}
                  onChange={(typeId) => change({ typeId })}
                  options={[
                    { value: asBefore, label: 'As the volume had', note: backup.typeName },
                    ...(types ?? [])
                      .filter(({ encryption }) => (encryption !== null) === backup.encrypted)
                      .map(({ id, name, description }) => ({
                        value: id,
                        label: name,
                        note: description || undefined,
                      })),
                  ]}
                />
              </Field>
              <VolumeQuota
                quotas={quotas}
                amounts={sizeWrong ? {} : volumeAmounts(typeName, Number(draft.size))}
              />
            </>
          ) : (
            <>
              <Field
                label="Volume"
                error={errors.volumeId}
                hint={volumes?.length === 0 ? 'There is no volume.' : undefined}
              >
                <Select
                  value={draft.volumeId || undefined}
                  placeholder="Choose a volume"
                  onChange={(volumeId) => change({ volumeId, replace: false })}
                  options={(volumes ?? []).map((volume) => {
                    const why =
                      volumeReason('restore', volume, asker) ??
                      (volume.sizeGib < backup.sizeGib
                        ? `It has ${volume.sizeGib} GiB; the backup needs ${backup.sizeGib}.`
                        : volume.encrypted === backup.encrypted
                          ? null
                          : volume.encrypted
                            ? 'It is encrypted; the backup is not.'
                            : 'It is not encrypted; the backup is.')
                    return {
                      value: volume.id,
                      label: volumeLabel(volume),
                      note: why ?? `${volume.sizeGib} GiB, ${volume.typeName}`,
                      disabled: why !== null,
                    }
                  })}
                />
              </Field>
              <CheckField
                label="Replace all that is on it"
                hint="It cannot be brought back, unless a snapshot or a backup has it."
                checked={draft.replace}
                onChange={(replace) => change({ replace })}
              />
            </>
          )}
          <ApiCall verb="volume.backups.restore" input={input} />
        </>
      )}
    </FormPanel>
  )
}
