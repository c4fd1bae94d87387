'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Moves a volume to another back end of its host. */
export function VolumeMigratePanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Move volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

const best = 'best'

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const hostName = volume.backendName?.split('@')[0]
  const backends = useQuery(
    trpc.volume.backends.list.queryOptions({ limit: 200, ...(hostName && { hostName }) }),
  ).data?.items.filter(({ name }) => name !== volume.backendName)
  const [draft, change, dirty] = useDraft({ backendId: best })
  const input = { id: volume.id, ...(draft.backendId !== best && { backendId: draft.backendId }) }
  const migrate = useMutation(
    trpc.volume.volumes.migrate.mutationOptions({
      onSuccess: ({ operationId }) => {
        say(`Moving ${volumeLabel(volume)}`, operationId)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Move volume"
      description={`${volumeLabel(volume)} is on ${volume.backendName ?? 'no back end'}. Everything on it is copied; it cannot be attached meanwhile.`}
      submit="Move"
      mutation={migrate}
      fields={['backendId']}
      reason={
        volumeReason('migrate', volume, asker) ??
        (backends?.length === 0 ? 'Its host has no other back end.' : null)
      }
      dirty={dirty}
      onSubmit={() => migrate.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="To"
            error={errors.backendId}
            hint="Back ends of the same host: the one that has both ends in hand copies."
          >
            <Select
              value={draft.backendId}
              onChange={(backendId) => change({ backendId })}
              options={[
                { value: best, label: 'The one with the most room', note: 'that does for its type' },
                ...(backends ?? []).map((backend) => ({
                  value: backend.id,
                  label: backend.name,
                  note: backend.trouble ?? `${backend.availableGib} GiB to give`,
                  disabled: !backend.enabled || !backend.up || backend.trouble !== null,
                })),
              ]}
            />
          </Field>
          <ApiCall verb="volume.volumes.migrate" input={input} />
        </>
      )}
    </FormPanel>
  )
}
