'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import type { SecurityGroupDetail } from './row.ts'

/** Makes a group that lets its members send everything and lets nothing in. */
export function SecurityGroupNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ name: '', description: '', stateful: true })
  const create = useMutation(
    trpc.network.securityGroups.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created`)
        onClose()
      },
    }),
  )
  const name = draft.name.trim()
  const input = { ...draft, name, description: draft.description.trim() }
  return (
    <FormPanel
      title="Create security group"
      description="Its members may send everything; what comes in needs a rule."
      submit="Create security group"
      mutation={create}
      fields={['name', 'description', 'stateful']}
      reason={readOnly ?? (name ? null : 'Give it a name.')}
      dirty={dirty}
      onSubmit={() => create.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              placeholder="web"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <Stateful
            checked={draft.stateful}
            error={errors.stateful}
            onChange={(stateful) => change({ stateful })}
          />
          <ApiCall verb="network.securityGroups.create" input={{ ...input, name: name || 'web' }} />
        </>
      )}
    </FormPanel>
  )
}

function Stateful(props: {
  checked: boolean
  error?: string
  reason?: string | null
  onChange: (stateful: boolean) => void
}) {
  return (
    <CheckField
      {...props}
      label="Let answers through by themselves"
      hint="Off: a stateless group. Every packet needs a rule, in both directions; for very many short connections."
    />
  )
}

const useGroup = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.securityGroups.show.queryOptions({ id }))
}

/** Renames and describes a group. */
export function SecurityGroupEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Edit security group" query={useGroup(of)} onClose={onClose}>
      {(group) => <EditForm group={group} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ group, onClose }: { group: SecurityGroupDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({
    name: group.name,
    description: group.description,
    stateful: group.stateful,
  })
  const save = useMutation(
    trpc.network.securityGroups.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit security group"
      description={group.name}
      submit="Save"
      mutation={save}
      fields={['name', 'description', 'stateful']}
      reason={readOnly ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({
          id: group.id,
          name: draft.name.trim(),
          description: draft.description.trim(),
          stateful: draft.stateful,
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name"
            error={errors.name}
            hint={group.isDefault ? 'The default group keeps its name.' : undefined}
          >
            <Input
              value={draft.name}
              maxLength={255}
              disabled={group.isDefault}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <Stateful
            checked={draft.stateful}
            error={errors.stateful}
            reason={
              group.portCount > 0
                ? `${count(group.portCount, 'port')} ${group.portCount === 1 ? 'is' : 'are'} in it: it stays as it is.`
                : null
            }
            onChange={(stateful) => change({ stateful })}
          />
        </>
      )}
    </FormPanel>
  )
}
