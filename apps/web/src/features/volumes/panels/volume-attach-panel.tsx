'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { actionReason } from '#features/instances/actions.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { SearchChoice } from '#ui/search-choice.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Attaches a volume to an instance. */
export function VolumeAttachPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Attach volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const [search, setSearch] = useState('')
  const [draft, change, dirty] = useDraft({
    instanceId: '',
    device: '',
    readOnly: volume.readOnly,
    deleteOnTermination: false,
  })
  const instances = useQuery(
    trpc.compute.instances.list.queryOptions(
      { limit: 20, ...(search.trim() && { search: search.trim() }) },
      { placeholderData: (before) => before },
    ),
  )
  const input = {
    id: draft.instanceId,
    volumeId: volume.id,
    ...(draft.device.trim() && { device: draft.device.trim() }),
    readOnly: draft.readOnly,
    deleteOnTermination: draft.deleteOnTermination,
  }
  const attach = useMutation(
    trpc.compute.instances.attachVolume.mutationOptions({
      onSuccess: ({ instance, operationId }) => {
        say(`Attaching ${volumeLabel(volume)} to ${instance.name}`, operationId)
        onClose()
      },
    }),
  )
  const options = (instances.data?.items ?? []).map((instance) => {
    const why = volume.attachments.some(({ instanceId }) => instanceId === instance.id)
      ? 'It has this volume already.'
      : actionReason('attachVolume', instance, asker)
    return {
      value: instance.id,
      label: instance.name,
      note: why ?? instance.addresses.map(({ ip }) => ip).join(', '),
      disabled: why !== null,
    }
  })
  return (
    <FormPanel
      title="Attach volume"
      description={`${volumeLabel(volume)}, ${volume.sizeGib} GiB. A guest that runs finds one more disk at once, any other at its next start.`}
      submit="Attach"
      mutation={attach}
      fields={['id', 'volumeId', 'device']}
      reason={volumeReason('attach', volume, asker) ?? (draft.instanceId ? null : 'Choose an instance.')}
      dirty={dirty}
      onSubmit={() => attach.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Instance" error={errors.id ?? errors.volumeId}>
            <SearchChoice
              label="Instances"
              text={search}
              onText={setSearch}
              value={draft.instanceId || undefined}
              onChange={(instanceId) => change({ instanceId })}
              options={options}
              loading={instances.isFetching}
              empty={search ? 'No instance has this name or address.' : 'The project has no instance yet.'}
            />
          </Field>
          <Field
            label="Device"
            optional
            error={errors.device}
            hint="Its place among the disks. Left out, the first free one; the guest may call it otherwise."
          >
            <Input
              value={draft.device}
              spellCheck={false}
              placeholder="/dev/vdb"
              className="font-mono"
              onChange={(event) => change({ device: event.target.value })}
            />
          </Field>
          <CheckField
            label="Read-only"
            hint="The guest cannot write to it."
            reason={volume.readOnly ? 'The volume is read-only for everybody.' : null}
            checked={draft.readOnly}
            onChange={(readOnly) => change({ readOnly })}
          />
          <CheckField
            label="Delete it together with the instance"
            hint="Otherwise it stays, with what is on it."
            checked={draft.deleteOnTermination}
            onChange={(deleteOnTermination) => change({ deleteOnTermination })}
          />
          <ApiCall verb="compute.instances.attachVolume" input={{ ...input, id: input.id || 'INSTANCE' }} />
        </>
      )}
    </FormPanel>
  )
}
