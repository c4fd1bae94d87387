'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Field, FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type QosSpecRow, qosKeys, qosKeyWords, qosProblem, qosValueWords } from './row.ts'

interface Limit {
  /** Stays the same while it is edited. */
  place: number
  key: string
  value: string
}
interface QosInput {
  name: string
  specs: Record<string, string>
}

/** Adds limits that types of volumes can refer to. */
export function VolumeQosNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const create = useMutation(
    trpc.volume.qosSpecs.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created`)
        onClose()
      },
    }),
  )
  return (
    <Form
      title="Create QoS spec"
      description="Limits that volume types can refer to."
      submit="Create QoS spec"
      mutation={create}
      onSave={(input) => create.mutate(input)}
      onClose={onClose}
    />
  )
}

/** Changes limits. */
export function VolumeQosEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.volume.qosSpecs.show.queryOptions({ id: of }))
  const save = useMutation(
    trpc.volume.qosSpecs.update.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} saved`)
        onClose()
      },
    }),
  )
  return (
    <PanelOf title="Edit QoS spec" query={query} onClose={onClose}>
      {(qos) => (
        <Form
          qos={qos}
          title="Edit QoS spec"
          description={`${qos.name}. Volumes keep the limits that they were made with, until their type is changed.`}
          submit="Save"
          mutation={save}
          onSave={(input) => save.mutate({ ...input, id: qos.id })}
          onClose={onClose}
        />
      )}
    </PanelOf>
  )
}

function Form({
  qos,
  title,
  description,
  submit,
  mutation,
  onSave,
  onClose,
}: {
  qos?: QosSpecRow
  title: string
  description: string
  submit: string
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  onSave: (input: QosInput) => void
  onClose: () => void
}) {
  const [draft, change, dirty] = useDraft<{ name: string; limits: Limit[] }>({
    name: qos?.name ?? '',
    limits: Object.entries(qos?.specs ?? { total_iops_sec: '500' }).map(([key, value], place) => ({
      place,
      key,
      value,
    })),
  })
  const input: QosInput = {
    name: draft.name.trim(),
    specs: Object.fromEntries(draft.limits.map(({ key, value }) => [key, value.trim()])),
  }
  return (
    <FormPanel
      title={title}
      description={description}
      submit={submit}
      mutation={mutation}
      fields={['name', 'specs']}
      reason={
        !input.name
          ? 'Give it a name.'
          : (qosProblem(draft.limits) ?? (qos && !dirty ? 'Nothing has changed.' : null))
      }
      dirty={dirty}
      onSubmit={() => onSave(input)}
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
              placeholder="steady"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Limits limits={draft.limits} onChange={(limits) => change({ limits })} />
          {errorBelow(errors, 'specs') && <FieldError>{errorBelow(errors, 'specs')}</FieldError>}
          <p className="text-xs text-subtle">
            Limit the total, or reading and writing each: not both. A burst may last a second.
          </p>
          <ApiCall
            verb={qos ? 'volume.qosSpecs.update' : 'volume.qosSpecs.create'}
            input={{ ...(qos && { id: qos.id }), ...input, name: input.name || 'steady' }}
          />
        </>
      )}
    </FormPanel>
  )
}

function Limits({ limits, onChange }: { limits: readonly Limit[]; onChange: (limits: Limit[]) => void }) {
  const change = (place: number, part: Partial<Limit>) =>
    onChange(limits.map((limit) => (limit.place === place ? { ...limit, ...part } : limit)))
  const free = qosKeys.filter((key) => limits.every((limit) => limit.key !== key))
  const next = Math.max(-1, ...limits.map(({ place }) => place)) + 1
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-[13px] font-medium">Limits</legend>
      <ul className="flex flex-col gap-2 empty:hidden">
        {limits.map(({ place, key, value }) => (
          <li key={place} className="flex flex-col gap-1">
            <div className="flex items-center gap-2">
              <Select
                aria-label="Limit"
                className="min-w-0 flex-1"
                value={key || undefined}
                placeholder="Choose a limit"
                onChange={(to) => change(place, { key: to })}
                options={[...(key ? [key] : []), ...free].map((each) => ({
                  value: each,
                  label: qosKeyWords(each),
                }))}
              />
              <Input
                aria-label={key ? `Value of ${qosKeyWords(key)}` : 'Value'}
                inputMode="numeric"
                className="tabular w-32 shrink-0"
                value={value}
                onChange={(event) => change(place, { value: event.target.value })}
              />
              <Button
                variant="ghost"
                size="icon"
                aria-label={`Remove ${key ? qosKeyWords(key) : 'limit'}`}
                onClick={() => onChange(limits.filter((limit) => limit.place !== place))}
              >
                <X aria-hidden="true" />
              </Button>
            </div>
            {key.includes('bytes') && Number(value) > 0 && (
              <p className="text-xs text-subtle">{qosValueWords(key, value)}</p>
            )}
          </li>
        ))}
      </ul>
      <Button
        size="sm"
        className="self-start"
        reason={free.length === 0 ? 'Every limit stands there.' : null}
        onClick={() => onChange([...limits, { place: next, key: free[0] ?? '', value: '' }])}
      >
        <Plus aria-hidden="true" /> Add limit
      </Button>
    </fieldset>
  )
}
