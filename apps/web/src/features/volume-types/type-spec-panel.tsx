'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { specMeaning, typeSpecs, type VolumeTypeRow } from './row.ts'

/** Sets one extra spec of a type. `of`: id of the type, and after a slash the name of the spec to change. */
export function VolumeTypeSpecPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const [id = '', ...spec] = of.split('/')
  const query = useQuery(trpc.volume.types.show.queryOptions({ id }))
  return (
    <PanelOf title="Set extra spec" query={query} onClose={onClose}>
      {(type) => <Form type={type} spec={spec.join('/')} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ type, spec, onClose }: { type: VolumeTypeRow; spec: string; onClose: () => void }) {
  const trpc = useTRPC()
  const listId = useId()
  const [draft, change, dirty] = useDraft({ key: spec, value: type.extraSpecs[spec] ?? '' })
  const key = draft.key.trim()
  const values = typeSpecs[key]?.values
  const value = draft.value.trim() || (values?.[0] ?? '')
  const extraSpecs = { ...type.extraSpecs, [key || 'multiattach']: value || '<is> True' }
  const save = useMutation(
    trpc.volume.types.update.mutationOptions({
      onSuccess: () => {
        toast.success(`${key} set`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Set extra spec"
      description={`Of ${type.name}. Volumes that exist stay as they are.`}
      submit="Set extra spec"
      mutation={save}
      fields={['extraSpecs']}
      reason={!key ? 'Give its name.' : value ? null : 'Give its value.'}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: type.id, extraSpecs })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name"
            error={errorBelow(errors, 'extraSpecs')}
            hint={key ? specMeaning(key) : 'Such as volume_backend_name or multiattach.'}
          >
            <Input
              value={draft.key}
              list={listId}
              maxLength={255}
              autoFocus={!spec}
              readOnly={Boolean(spec)}
              spellCheck={false}
              className="font-mono text-[13px]"
              onChange={(event) => change({ key: event.target.value })}
            />
          </Field>
          <datalist id={listId}>
            {Object.keys(typeSpecs).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field label="Value">
            {values ? (
              <Select
                value={values.includes(value) ? value : undefined}
                placeholder="Choose a value"
                onChange={(next) => change({ value: next })}
                options={values.map((word) => ({ value: word, label: word }))}
              />
            ) : (
              <Input
                value={draft.value}
                maxLength={255}
                autoFocus={Boolean(spec)}
                spellCheck={false}
                className="font-mono text-[13px]"
                onChange={(event) => change({ value: event.target.value })}
              />
            )}
          </Field>
          <ApiCall verb="volume.types.update" input={{ id: type.id, extraSpecs }} />
        </>
      )}
    </FormPanel>
  )
}
