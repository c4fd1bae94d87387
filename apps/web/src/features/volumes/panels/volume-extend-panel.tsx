'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { volumeReason } from '../actions.ts'
import { extendAmounts, sizeProblem } from '../amounts.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'
import { VolumeQuota } from '../volume-quota.tsx'

/** Makes a volume larger. */
export function VolumeExtendPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Extend volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const [draft, change, dirty] = useDraft({ size: String(volume.sizeGib * 2) })
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({ projectId: volume.projectId }))
  const sizeGib = Number(draft.size)
  const problem = sizeProblem(draft.size, {
    least: volume.sizeGib + 1,
    because: `It has ${volume.sizeGib} GiB and can only become larger.`,
    quotas,
  })
  const extend = useMutation(
    trpc.volume.volumes.extend.mutationOptions({
      onSuccess: ({ operationId }) => {
        say(`Extending ${volumeLabel(volume)} to ${sizeGib} GiB`, operationId)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Extend volume"
      description={`${volumeLabel(volume)}, which has ${volume.sizeGib} GiB now.`}
      submit="Extend"
      mutation={extend}
      fields={['sizeGib']}
      reason={volumeReason('extend', volume, asker) ?? problem}
      dirty={dirty}
      onSubmit={() => extend.mutate({ id: volume.id, sizeGib })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="New size, GiB"
            error={errors.sizeGib ?? (dirty ? problem : null)}
            hint={
              volume.status === 'in_use'
                ? 'The guest sees a larger disk within seconds. Its partitions and file systems grow when you grow them there.'
                : 'Partitions and file systems on it grow when you grow them in a guest. It cannot become smaller again.'
            }
          >
            <Input
              inputMode="numeric"
              autoFocus
              className="tabular"
              value={draft.size}
              onChange={(event) => change({ size: event.target.value })}
            />
          </Field>
          <VolumeQuota quotas={quotas} amounts={problem ? {} : extendAmounts(volume, sizeGib)} />
          <ApiCall
            verb="volume.volumes.extend"
            input={{ id: volume.id, sizeGib: sizeGib || volume.sizeGib + 1 }}
          />
        </>
      )}
    </FormPanel>
  )
}
