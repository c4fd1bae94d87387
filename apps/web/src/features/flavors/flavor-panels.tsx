'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import type { FlavorRow } from './row.ts'

const fields = [
  'id',
  'name',
  'description',
  'vcpus',
  'ramMib',
  'diskGib',
  'ephemeralGib',
  'swapMib',
  'isPublic',
  'disabled',
]

/** Adds a size. */
export function FlavorNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const create = useMutation(
    trpc.compute.flavors.create.mutationOptions({
      onSuccess: (flavor) => {
        toast.success(`${flavor.name} created`)
        onClose()
      },
    }),
  )
  return (
    <Form
      title="Create flavor"
      description="A size that instances can have."
      submit="Create flavor"
      verb="compute.flavors.create"
      mutation={create}
      onSave={(input) => create.mutate(input)}
      onClose={onClose}
    />
  )
}

/** Changes a size. */
export function FlavorEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.flavors.show.queryOptions({ id: of }))
  const save = useMutation(
    trpc.compute.flavors.update.mutationOptions({
      onSuccess: (flavor) => {
        toast.success(`${flavor.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <PanelOf title="Edit flavor" query={query} onClose={onClose}>
      {(flavor) => (
        <Form
          flavor={flavor}
          title="Edit flavor"
          description={`${flavor.name}. Instances keep the sizes they were made with.`}
          submit="Save"
          verb="compute.flavors.update"
          mutation={save}
          onSave={(input) => save.mutate({ ...input, id: flavor.id })}
          onClose={onClose}
        />
      )}
    </PanelOf>
  )
}

type FlavorInput = Omit<FlavorRow, 'id' | 'extraSpecs'>

function Form({
  flavor,
  title,
  description,
  submit,
  verb,
  mutation,
  onSave,
  onClose,
}: {
  flavor?: FlavorRow
  title: string
  description: string
  submit: string
  verb: string
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  onSave: (input: FlavorInput) => void
  onClose: () => void
}) {
  const [draft, change, dirty] = useDraft({
    name: flavor?.name ?? '',
    description: flavor?.description ?? '',
    vcpus: String(flavor?.vcpus ?? 1),
    ramMib: String(flavor?.ramMib ?? 1024),
    diskGib: String(flavor?.diskGib ?? 10),
    ephemeralGib: String(flavor?.ephemeralGib ?? 0),
    swapMib: String(flavor?.swapMib ?? 0),
    isPublic: flavor?.isPublic ?? true,
    disabled: flavor?.disabled ?? false,
  })
  const input: FlavorInput = {
    name: draft.name.trim(),
    description: draft.description.trim(),
    vcpus: Number(draft.vcpus),
    ramMib: Number(draft.ramMib),
    diskGib: Number(draft.diskGib),
    ephemeralGib: Number(draft.ephemeralGib),
    swapMib: Number(draft.swapMib),
    isPublic: draft.isPublic,
    disabled: draft.disabled,
  }
  const amounts = [
    ['vcpus', 'vCPUs', 1],
    ['ramMib', 'Memory, MiB', 64],
    ['diskGib', 'Root disk, GiB', 1],
    ['ephemeralGib', 'Ephemeral disk, GiB', 0],
    ['swapMib', 'Swap disk, MiB', 0],
  ] as const
  return (
    <FormPanel
      title={title}
      description={description}
      submit={submit}
      mutation={mutation}
      fields={fields}
      reason={!input.name ? 'Give it a name.' : flavor && !dirty ? 'Nothing has changed.' : null}
      dirty={dirty}
      onSubmit={() => onSave(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name ?? errors.id}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              placeholder="m1.small"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <div className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3">
            {amounts.map(([name, label, min]) => (
              <Field key={name} label={label} error={errors[name]}>
                <Input
                  type="number"
                  min={min}
                  value={draft[name]}
                  className="tabular"
                  onChange={(event) => change({ [name]: event.target.value })}
                />
              </Field>
            ))}
          </div>
          <CheckField
            label="Public"
            hint="Every project can use it. Private ones are for the projects that you add to them."
            checked={draft.isPublic}
            onChange={(isPublic) => change({ isPublic })}
          />
          <CheckField
            label="Disabled"
            hint="Nobody can make instances of it any more; what exists goes on."
            checked={draft.disabled}
            onChange={(disabled) => change({ disabled })}
          />
          <ApiCall verb={verb} input={flavor ? { id: flavor.id, ...input } : { ...input }} />
        </>
      )}
    </FormPanel>
  )
}
