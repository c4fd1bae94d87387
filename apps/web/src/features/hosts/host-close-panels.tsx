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

interface Closing {
  /** "Disable": also the button. */
  verb: string
  change: { enabled: false } | { maintenance: true }
  /** Said once it is done, after the host's name. */
  done: string
  explain: string
  example: string
}

const disabling: Closing = {
  verb: 'Disable',
  change: { enabled: false },
  done: 'takes no new instances',
  explain: 'It takes no new instances.',
  example: 'Too slow until its disk is replaced',
}

const maintaining: Closing = {
  verb: 'Start maintenance',
  change: { maintenance: true },
  done: 'is under maintenance',
  explain:
    'It takes no new instances until the maintenance ends, and everybody who runs the cloud sees that.',
  example: 'Memory is being replaced',
}

/** Closes a host for new instances, with the reason that everybody sees. */
export function HostDisablePanel(props: { of: string; onClose: () => void }) {
  return <ClosePanel {...props} closing={disabling} />
}

/** Puts a host under maintenance, with the reason that everybody sees. */
export function HostMaintenancePanel(props: { of: string; onClose: () => void }) {
  return <ClosePanel {...props} closing={maintaining} />
}

function ClosePanel({ of, onClose, closing }: { of: string; onClose: () => void; closing: Closing }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.hosts.show.queryOptions({ id: of }))
  return (
    <PanelOf title={`${closing.verb}: host`} query={query} onClose={onClose}>
      {(host) => <Form host={host} onClose={onClose} closing={closing} />}
    </PanelOf>
  )
}

function Form({ host, onClose, closing }: { host: HostRow; onClose: () => void; closing: Closing }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ reason: host.disabledReason ?? '' })
  const close = useMutation(
    trpc.compute.hosts.update.mutationOptions({
      onSuccess: () => {
        toast.success(`${host.name} ${closing.done}`)
        onClose()
      },
    }),
  )
  const reason = draft.reason.trim()
  return (
    <FormPanel
      title={`${closing.verb}: ${host.name}`}
      description={`${closing.explain} ${
        host.instanceCount > 0
          ? `${count(host.instanceCount, 'instance')} on it ${host.instanceCount === 1 ? 'goes' : 'go'} on.`
          : 'No instance is on it.'
      }`}
      submit={closing.verb}
      danger
      mutation={close}
      fields={['disabledReason']}
      reason={reason ? null : 'Say why, for whoever wonders later.'}
      dirty={dirty}
      onSubmit={() => close.mutate({ id: host.id, ...closing.change, disabledReason: reason })}
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
            placeholder={closing.example}
            onChange={(event) => change({ reason: event.target.value })}
          />
        </Field>
      )}
    </FormPanel>
  )
}
