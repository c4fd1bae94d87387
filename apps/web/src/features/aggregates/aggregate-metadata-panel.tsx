'use client'
import { aggregateKeyMeaning, aggregateKeys } from '@nephos/core/aggregate-keys'
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
import type { AggregateRow } from './row.ts'

/** Sets one item of an aggregate's metadata. `of`: id of the aggregate, and after a slash the key to change. */
export function AggregateMetadataPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  // Neither has a slash.
  const [id = '', key = ''] = of.split('/')
  const query = useQuery(trpc.compute.aggregates.show.queryOptions({ id }))
  return (
    <PanelOf title="Set metadata" query={query} onClose={onClose}>
      {(aggregate) => <Form aggregate={aggregate} known={key} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({
  aggregate,
  known,
  onClose,
}: {
  aggregate: AggregateRow
  known: string
  onClose: () => void
}) {
  const trpc = useTRPC()
  const listId = useId()
  const [draft, change, dirty] = useDraft({ key: known, value: aggregate.metadata[known] ?? '' })
  const key = draft.key.trim()
  const value = draft.value.trim()
  const metadata = { ...aggregate.metadata, [key || 'ssd']: value || 'true' }
  const save = useMutation(
    trpc.compute.aggregates.setMetadata.mutationOptions({
      onSuccess: () => {
        toast.success(`${key} set`)
        onClose()
      },
    }),
  )
  const at = `metadata.${key}`
  return (
    <FormPanel
      title="Set metadata"
      description={`Of ${aggregate.name}. Instances that are on its hosts stay.`}
      submit="Set metadata"
      mutation={save}
      fields={[at, 'metadata']}
      reason={!key ? 'Give the key.' : !value ? 'Give its value.' : null}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: aggregate.id, metadata })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Key"
            error={errors[at] ?? errors.metadata}
            hint={
              key
                ? aggregateKeyMeaning(key)
                : 'Such as ssd, for flavors with the extra spec ssd; or one of the list.'
            }
          >
            <Input
              value={draft.key}
              list={listId}
              maxLength={255}
              autoFocus={!known}
              readOnly={Boolean(known)}
              spellCheck={false}
              className="font-mono text-[13px]"
              onChange={(event) => change({ key: event.target.value })}
            />
          </Field>
          <datalist id={listId}>
            {Object.keys(aggregateKeys).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field label="Value">
            <Input
              value={draft.value}
              maxLength={255}
              autoFocus={Boolean(known)}
              spellCheck={false}
              className="font-mono text-[13px]"
              onChange={(event) => change({ value: event.target.value })}
            />
          </Field>
          <ApiCall verb="compute.aggregates.setMetadata" input={{ id: aggregate.id, metadata }} />
        </>
      )}
    </FormPanel>
  )
}
