'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import type { AggregateRow } from './row.ts'

/** Makes an aggregate. `of`: `zone` when it is wanted as an availability zone. */
export function AggregateNewPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const create = useMutation(
    trpc.compute.aggregates.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created. Add its hosts next.`)
        onClose()
      },
    }),
  )
  return (
    <Form
      title={of === 'zone' ? 'Create availability zone' : 'Create aggregate'}
      description={
        of === 'zone'
          ? 'An aggregate whose hosts are in a zone of their own.'
          : 'A group of hosts. Hosts and metadata are added afterwards.'
      }
      verb="compute.aggregates.create"
      zoneRequired={of === 'zone'}
      mutation={create}
      onSave={(input) => create.mutate(input)}
      onClose={onClose}
    />
  )
}

/** Renames an aggregate, or changes its zone. */
export function AggregateEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.aggregates.show.queryOptions({ id: of }))
  const save = useMutation(
    trpc.compute.aggregates.update.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} saved`)
        onClose()
      },
    }),
  )
  return (
    <PanelOf title="Edit aggregate" query={query} onClose={onClose}>
      {(aggregate) => (
        <Form
          aggregate={aggregate}
          title="Edit aggregate"
          description={`${aggregate.name}. Its zone can change while no instance is on its hosts.`}
          verb="compute.aggregates.update"
          mutation={save}
          onSave={(input) => save.mutate({ ...input, id: aggregate.id })}
          onClose={onClose}
        />
      )}
    </PanelOf>
  )
}

function Form({
  aggregate,
  title,
  description,
  verb,
  zoneRequired = false,
  mutation,
  onSave,
  onClose,
}: {
  aggregate?: AggregateRow
  title: string
  description: string
  verb: string
  zoneRequired?: boolean
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  onSave: (input: { name: string; zone: string | null }) => void
  onClose: () => void
}) {
  const [draft, change, dirty] = useDraft({ name: aggregate?.name ?? '', zone: aggregate?.zone ?? '' })
  const zone = draft.zone.trim() || null
  // A zone needs no second name.
  const name = draft.name.trim() || (zoneRequired ? (zone ?? '') : '')
  const missing = zoneRequired && !zone ? 'Name the zone.' : !name ? 'Give it a name.' : null
  return (
    <FormPanel
      title={title}
      description={description}
      submit={aggregate ? 'Save' : zoneRequired ? 'Create zone' : 'Create aggregate'}
      mutation={mutation}
      fields={['name', 'zone']}
      reason={missing ?? (aggregate && !dirty ? 'Nothing has changed.' : null)}
      dirty={dirty}
      onSubmit={() => onSave({ name, zone })}
      onClose={onClose}
    >
      {(errors) => {
        const nameField = (
          <Field key="name" label="Name" optional={zoneRequired} error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus={!zoneRequired}
              spellCheck={false}
              placeholder={zoneRequired ? (zone ?? 'that of the zone') : 'fast-disks'}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
        )
        const zoneField = (
          <Field
            key="zone"
            label="Availability zone"
            optional={!zoneRequired}
            error={errors.zone}
            hint="Its hosts are then in this zone, which people choose when they create instances."
          >
            <Input
              value={draft.zone}
              maxLength={64}
              autoFocus={zoneRequired}
              spellCheck={false}
              placeholder="room-2"
              onChange={(event) => change({ zone: event.target.value })}
            />
          </Field>
        )
        return (
          <>
            {zoneRequired ? [zoneField, nameField] : [nameField, zoneField]}
            <ApiCall
              verb={verb}
              input={{ ...(aggregate && { id: aggregate.id }), name: name || 'fast-disks', zone }}
            />
          </>
        )
      }}
    </FormPanel>
  )
}
