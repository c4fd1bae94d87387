'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { splitList } from '#features/networks/subnet-help.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input, Textarea } from '#ui/input.tsx'
import type { AddressGroupDetail } from './row.ts'

/** Makes an address group. */
export function AddressGroupNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ name: '', description: '', addresses: '' })
  const create = useMutation(
    trpc.network.addressGroups.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created`)
        onClose()
      },
    }),
  )
  const name = draft.name.trim()
  const input = { name, description: draft.description.trim(), addresses: splitList(draft.addresses) }
  return (
    <FormPanel
      title="Create address group"
      description="Addresses under one name, for rules of security groups."
      submit="Create address group"
      mutation={create}
      fields={['name', 'description', 'addresses']}
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
              placeholder="office"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <AddressesField
            optional
            value={draft.addresses}
            error={errorBelow(errors, 'addresses')}
            onChange={(addresses) => change({ addresses })}
          />
          <ApiCall verb="network.addressGroups.create" input={{ ...input, name: name || 'office' }} />
        </>
      )}
    </FormPanel>
  )
}

function AddressesField({
  value,
  error,
  optional,
  onChange,
}: {
  value: string
  error?: string
  optional?: boolean
  onChange: (text: string) => void
}) {
  return (
    <Field
      label="Addresses"
      optional={optional}
      error={error}
      hint="One a line: an address or a range in CIDR form, of IPv4 or IPv6."
    >
      <Textarea
        value={value}
        placeholder="192.0.2.0/24"
        spellCheck={false}
        className="min-h-24 font-mono text-xs"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}

const useGroup = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.addressGroups.show.queryOptions({ id }))
}
interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  group: AddressGroupDetail
  onClose: () => void
}

/** Puts addresses into a group. */
export function AddressGroupAddPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Add addresses" query={useGroup(of)} onClose={onClose}>
      {(group) => <AddForm group={group} onClose={onClose} />}
    </PanelOf>
  )
}

function AddForm({ group, onClose }: FormProps) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ addresses: '' })
  const addresses = splitList(draft.addresses)
  const add = useMutation(
    trpc.network.addressGroups.addAddresses.mutationOptions({
      onSuccess: () => {
        toast.success(`${count(addresses.length, 'address', 'addresses')} added to ${group.name}`)
        onClose()
      },
    }),
  )
  const input = { id: group.id, addresses }
  return (
    <FormPanel
      title="Add addresses"
      description={group.name}
      submit="Add addresses"
      mutation={add}
      fields={['addresses']}
      reason={readOnly ?? (addresses.length > 0 ? null : 'Name at least one address.')}
      dirty={dirty}
      onSubmit={() => add.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <AddressesField
            value={draft.addresses}
            error={errorBelow(errors, 'addresses')}
            onChange={(text) => change({ addresses: text })}
          />
          {group.ruleCount > 0 && (
            <p className="text-sm text-muted">
              {count(group.ruleCount, 'rule')} {group.ruleCount === 1 ? 'names' : 'name'} this group: the
              addresses are let through at once.
            </p>
          )}
          <ApiCall verb="network.addressGroups.addAddresses" input={input} />
        </>
      )}
    </FormPanel>
  )
}

/** Renames and describes an address group. */
export function AddressGroupEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit address group" query={useGroup(of)} onClose={onClose}>
      {(group) => <EditForm group={group} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ group, onClose }: FormProps) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ name: group.name, description: group.description })
  const save = useMutation(
    trpc.network.addressGroups.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit address group"
      description={group.name}
      submit="Save"
      mutation={save}
      fields={['name', 'description']}
      reason={readOnly ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({ id: group.id, name: draft.name.trim(), description: draft.description.trim() })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
        </>
      )}
    </FormPanel>
  )
}
