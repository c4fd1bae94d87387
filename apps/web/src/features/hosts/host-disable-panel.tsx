'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import type { HostRow } from './row.ts'

/** Closes a host for new instances, with the reason that everybody sees. */
export function HostDisablePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.hosts.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Disable host" query={query} onClose={onClose}>
      {(host) => <Form host={host} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ host, onClose }: { host: HostRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ reason: host.disabledReason ?? '' })
  const disable = useMutation(
    trpc.compute.hosts.update.mutationOptions({
      onSuccess: () => {
        toast.success(`${host.name} takes no new instances`)
        onClose()
      },
    }),
  )
  const reason = draft.reason.trim()
  return (
    <FormPanel
      title={`Disable ${host.name}`}
      description={`It takes no new instances. ${
        host.instanceCount > 0
          ? `${count(host.instanceCount, 'instance')} on it ${host.instanceCount === 1 ? 'goes' : 'go'} on.`
          : 'No instance is on it.'
      }`}
      submit="Disable"
      danger
      mutation={disable}
      fields={['disabledReason']}
      reason={reason ? null : 'Say why, for whoever wonders later.'}
      dirty={dirty}
      onSubmit={() => disable.mutate({ id: host.id, enabled: false, disabledReason: reason })}
      onClose={onClose}
    >
      {(errors) => (
        <Field
          label="Reason"
          error={errors.disabledReason}
          hint="Shown to administrators, and kept in the audit log."
        >
          <Input
            value={draft.reason}
            maxLength={255}
            autoFocus
            placeholder="Memory is being replaced"
            onChange={(event) => change({ reason: event.target.value })}
          />
        </Field>
      )}
    </FormPanel>
  )
}
