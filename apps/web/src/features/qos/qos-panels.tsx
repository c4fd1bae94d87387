'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { changesBetween, draftOf, emptyLimits, type LimitsDraft, wishesOf } from './limits-draft.ts'
import { LimitsFields } from './limits-fields.tsx'
import type { QosPolicyDetail } from './row.ts'

interface Names {
  name: string
  description: string
  isDefault: boolean
  shared: boolean
}

/** Makes a policy with its limits. */
export function QosPolicyNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft<Names & LimitsDraft>({
    name: '',
    description: '',
    isDefault: false,
    shared: false,
    ...emptyLimits,
  })
  const create = useMutation(
    trpc.network.qosPolicies.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created`)
        onClose()
      },
    }),
  )
  const { rules, problem } = wishesOf(draft)
  const name = draft.name.trim()
  const input = {
    name,
    ...(draft.description.trim() && { description: draft.description.trim() }),
    ...(draft.isDefault && { isDefault: true }),
    ...(draft.shared && { shared: true }),
    rules,
  }
  return (
    <FormPanel
      title="Create QoS policy"
      description="Give it to networks or ports afterwards; it holds at once."
      submit="Create QoS policy"
      mutation={create}
      fields={['name', 'description', 'isDefault', 'shared']}
      reason={readOnly ?? (name ? null : 'Give it a name.') ?? problem}
      dirty={dirty}
      onSubmit={() => create.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <NameFields draft={draft} errors={errors} onChange={change} />
          <LimitsFields draft={draft} onChange={change} />
          <ApiCall verb="network.qosPolicies.create" input={{ ...input, name: name || 'slow' }} />
        </>
      )}
    </FormPanel>
  )
}

function NameFields({
  draft,
  errors,
  onChange,
}: {
  draft: Names
  errors: Record<string, string>
  onChange: (patch: Partial<Names>) => void
}) {
  const { isAdmin } = useSession()
  return (
    <>
      <Field label="Name" error={errors.name}>
        <Input
          value={draft.name}
          maxLength={255}
          autoFocus
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <DescriptionField
        value={draft.description}
        error={errors.description}
        onChange={(description) => onChange({ description })}
      />
      <CheckField
        label="For new networks"
        hint="New networks of the project get it unless another one is chosen."
        error={errors.isDefault}
        checked={draft.isDefault}
        onChange={(isDefault) => onChange({ isDefault })}
      />
      <CheckField
        label="Shared"
        hint="Every project may use it."
        reason={isAdmin ? null : 'Only administrators share policies with every project.'}
        error={errors.shared}
        checked={draft.shared}
        onChange={(shared) => onChange({ shared })}
      />
    </>
  )
}

const usePolicy = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.qosPolicies.show.queryOptions({ id }))
}

/** Renames, describes and shares a policy. */
export function QosPolicyEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Edit QoS policy" query={usePolicy(of)} onClose={onClose}>
      {(policy) => <EditForm policy={policy} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ policy, onClose }: { policy: QosPolicyDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const { name, description, isDefault, shared } = policy
  const before: Names = { name, description, isDefault, shared }
  const [draft, change, dirty] = useDraft(before)
  const save = useMutation(
    trpc.network.qosPolicies.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit QoS policy"
      description={policy.name}
      submit="Save"
      mutation={save}
      fields={['name', 'description', 'isDefault', 'shared']}
      reason={readOnly ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({
          id: policy.id,
          name: draft.name.trim(),
          description: draft.description.trim(),
          ...(draft.isDefault !== isDefault && { isDefault: draft.isDefault }),
          ...(draft.shared !== shared && { shared: draft.shared }),
        })
      }
      onClose={onClose}
    >
      {(errors) => <NameFields draft={draft} errors={errors} onChange={change} />}
    </FormPanel>
  )
}

/** Changes what a policy limits. Running instances feel it at once. */
export function QosPolicyLimitsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Change limits" query={usePolicy(of)} onClose={onClose}>
      {(policy) => <LimitsForm policy={policy} onClose={onClose} />}
    </PanelOf>
  )
}

function LimitsForm({ policy, onClose }: { policy: QosPolicyDetail; onClose: () => void }) {
  const api = useTRPCClient()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft(draftOf(policy.rules))
  const { rules, problem } = wishesOf(draft)
  const { remove, update, create } = changesBetween(policy.rules, rules)
  const save = useMutation({
    mutationFn: async () => {
      for (const { id } of remove) await api.network.qosRules.delete.mutate({ id })
      for (const { id, wish } of update) {
        const { type: _, direction: __, ...fields } = wish
        await api.network.qosRules.update.mutate({ id, ...fields })
      }
      for (const wish of create) await api.network.qosRules.create.mutate({ policyId: policy.id, ...wish })
    },
    onSuccess: () => {
      toast.success(`Limits of ${policy.name} changed`)
      onClose()
    },
  })
  const nothing = remove.length + update.length + create.length === 0
  return (
    <FormPanel
      title="Change limits"
      description={policy.name}
      submit="Save"
      mutation={save}
      fields={[]}
      reason={readOnly ?? problem ?? (nothing ? 'Nothing has changed.' : null)}
      dirty={dirty}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {() => (
        <>
          <LimitsFields draft={draft} onChange={change} />
          <p className="text-xs text-subtle">
            It holds at once for every running instance that has it. Where the flavor of an instance has a
            lower limit, that one holds.
          </p>
        </>
      )}
    </FormPanel>
  )
}
