'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { type BackendRow, gibText, promisableGib } from './row.ts'

interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  backend: BackendRow
  onClose: () => void
}

const useBackend = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.volume.backends.show.queryOptions({ id }))
}

/** Changes how much of a back end may be promised, and what is kept free. */
export function BackendCapacityPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Change capacity" query={useBackend(of)} onClose={onClose}>
      {(backend) => <CapacityForm backend={backend} onClose={onClose} />}
    </PanelOf>
  )
}

function CapacityForm({ backend, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({
    provisioning: String(backend.provisioning),
    reservedPercent: String(backend.reservedPercent),
  })
  const provisioning = Number(draft.provisioning.replace(',', '.'))
  const reservedPercent = Number(draft.reservedPercent)
  const input = { id: backend.id, provisioning, reservedPercent }
  const sound = provisioning > 0 && Number.isInteger(reservedPercent) && reservedPercent >= 0
  const save = useMutation(
    trpc.volume.backends.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Change capacity"
      description={`${backend.name} has ${gibText(backend.totalGib)} GiB, of which ${gibText(backend.freeGib)} are free. ${backend.allocatedGib} GiB are promised.`}
      submit="Save"
      mutation={save}
      fields={['provisioning', 'reservedPercent']}
      reason={!sound ? 'Both are numbers.' : dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Promised at most, times what there is"
            error={errors.provisioning}
            hint="Volumes are thin: they take room as they are written. 1 promises no more than there is."
          >
            <Input
              inputMode="decimal"
              autoFocus
              className="tabular"
              value={draft.provisioning}
              onChange={(event) => change({ provisioning: event.target.value })}
            />
          </Field>
          <Field
            label="Kept free, %"
            error={errors.reservedPercent}
            hint="No new volume comes here once less than this is free."
          >
            <Input
              inputMode="numeric"
              className="tabular"
              value={draft.reservedPercent}
              onChange={(event) => change({ reservedPercent: event.target.value })}
            />
          </Field>
          {sound && (
            <p className="text-sm text-muted">
              Volumes may be promised{' '}
              {gibText(promisableGib({ totalGib: backend.totalGib, reservedPercent, provisioning }))} GiB
              altogether.
            </p>
          )}
          <ApiCall verb="volume.backends.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}

/** Closes a back end for new volumes, with the reason that administrators see. */
export function BackendDisablePanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Disable back end" query={useBackend(of)} onClose={onClose}>
      {(backend) => <DisableForm backend={backend} onClose={onClose} />}
    </PanelOf>
  )
}

function DisableForm({ backend, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ reason: '' })
  const disabledReason = draft.reason.trim()
  const input = { id: backend.id, enabled: false, disabledReason }
  const disable = useMutation(
    trpc.volume.backends.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} takes no new volumes`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Disable back end"
      description={`${backend.name} takes no new volumes. ${
        backend.volumeCount > 0
          ? `${count(backend.volumeCount, 'volume')} on it ${backend.volumeCount === 1 ? 'goes' : 'go'} on.`
          : 'No volume is on it.'
      }`}
      submit="Disable"
      danger
      mutation={disable}
      fields={['disabledReason']}
      reason={disabledReason ? null : 'Say why, for whoever wonders later.'}
      dirty={dirty}
      onSubmit={() => disable.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Reason"
            error={errors.disabledReason}
            hint="Shown to administrators, and kept in the audit log."
          >
            <Input
              value={draft.reason}
              maxLength={255}
              autoFocus
              placeholder="Its disk is being replaced"
              onChange={(event) => change({ reason: event.target.value })}
            />
          </Field>
          <ApiCall verb="volume.backends.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}
