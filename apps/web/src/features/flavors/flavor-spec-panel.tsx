'use client'
import { flavorMachineKeys, wrongExtraSpec } from '@nephos/core/machine-keys'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { FlavorRow } from './row.ts'

/** Sets one extra spec of a flavor. `of`: id of the flavor, and after a slash the name of the spec to change. */
export function FlavorSpecPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  // Neither has a slash.
  const [id = '', spec = ''] = of.split('/')
  const query = useQuery(trpc.compute.flavors.show.queryOptions({ id }))
  return (
    <PanelOf title="Set extra spec" query={query} onClose={onClose}>
      {(flavor) => <Form flavor={flavor} spec={spec} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ flavor, spec, onClose }: { flavor: FlavorRow; spec: string; onClose: () => void }) {
  const trpc = useTRPC()
  const listId = useId()
  const [draft, change, dirty] = useDraft({ key: spec, value: flavor.extraSpecs[spec] ?? '' })
  const key = draft.key.trim()
  const value = draft.value.trim()
  const known = Object.hasOwn(flavorMachineKeys, key) ? flavorMachineKeys[key] : undefined
  const words = known && !('min' in known.values) ? known.values : null
  const range = known && 'min' in known.values ? known.values : null
  const problem = key && value ? wrongExtraSpec(key, value) : null
  const extraSpecs = { [key || 'quota:cpu_quota']: value || '50000' }
  const save = useMutation(
    trpc.compute.flavors.setExtraSpecs.mutationOptions({
      onSuccess: () => {
        toast.success(`${key} set`)
        onClose()
      },
    }),
  )
  const at = `extraSpecs.${key}`
  return (
    <FormPanel
      title="Set extra spec"
      description={`Of ${flavor.name}. Instances keep those they were made with.`}
      submit="Set extra spec"
      mutation={save}
      fields={[at, 'extraSpecs']}
      reason={!key ? 'Give its name.' : !value ? 'Give its value.' : problem}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: flavor.id, extraSpecs: { [key]: value } })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name"
            hint={known?.what ?? 'Such as hw:cpu_sockets, or a name that aggregates are matched with.'}
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
            {Object.keys(flavorMachineKeys).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field
            label="Value"
            error={errors[at] ?? errors.extraSpecs ?? problem ?? undefined}
            hint={range ? `A whole number from ${range.min} to ${range.max}.` : undefined}
          >
            {words ? (
              <Select
                value={words.includes(value) ? value : undefined}
                placeholder="Choose a value"
                onChange={(next) => change({ value: next })}
                options={words.map((word) => ({ value: word, label: word }))}
              />
            ) : (
              <Input
                value={draft.value}
                maxLength={255}
                autoFocus={Boolean(spec)}
                spellCheck={false}
                inputMode={range ? 'numeric' : undefined}
                className="font-mono text-[13px]"
                onChange={(event) => change({ value: event.target.value })}
              />
            )}
          </Field>
          <ApiCall verb="compute.flavors.setExtraSpecs" input={{ id: flavor.id, extraSpecs }} />
        </>
      )}
    </FormPanel>
  )
}
