'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import {
  draftOfOptions,
  type OptionDraft,
  optionsInput,
  otherOption,
  usualOptions,
} from './dhcp-options-text.ts'
import { isServicePort, type PortRow } from './row.ts'

/** Says what DHCP tells one port besides what its subnet says. */
export function PortDhcpOptionsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.network.ports.show.queryOptions({ id: of }))
  return (
    <PanelOf title="DHCP options" query={query} onClose={onClose}>
      {(port) => <Form port={port} onClose={onClose} />}
    </PanelOf>
  )
}

const most = 20

function Form({ port, onClose }: { port: PortRow; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ list: draftOfOptions(port.extraDhcpOptions) })
  const { options, problem } = optionsInput(draft.list)
  const input = { id: port.id, extraDhcpOptions: options }
  const save = useMutation(
    trpc.network.ports.update.mutationOptions({
      onSuccess: () => {
        toast.success('DHCP options saved')
        onClose()
      },
    }),
  )
  const add = () => {
    const free = usualOptions.find(({ name }) => !draft.list.some((one) => one.name === name))
    const key = Math.max(-1, ...draft.list.map((one) => one.key)) + 1
    change({ list: [...draft.list, { key, name: free?.name ?? otherOption, number: '', value: '' }] })
  }
  const fields = draft.list.flatMap((_, index) => [
    `extraDhcpOptions.${index}.name`,
    `extraDhcpOptions.${index}.value`,
  ])
  return (
    <FormPanel
      title="DHCP options"
      description={port.instanceName ?? (port.name || port.macAddress)}
      submit="Save"
      mutation={save}
      fields={['extraDhcpOptions', ...fields]}
      reason={
        readOnly ??
        (isServicePort(port) ? 'It belongs to the network itself.' : null) ??
        problem ??
        (dirty ? null : 'Nothing has changed.')
      }
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <p className="text-sm text-muted">
            What DHCP tells this port besides, or in place of what its subnet says. A guest that runs learns
            of it when it asks DHCP again.
          </p>
          {draft.list.map((option, index) => (
            <OptionFields
              key={option.key}
              option={option}
              errors={{
                name: errors[`extraDhcpOptions.${index}.name`],
                value: errors[`extraDhcpOptions.${index}.value`],
              }}
              onChange={(patch) =>
                change({
                  list: draft.list.map((one) => (one.key === option.key ? { ...one, ...patch } : one)),
                })
              }
              onRemove={() => change({ list: draft.list.filter((one) => one.key !== option.key) })}
            />
          ))}
          <div>
            <Button
              size="sm"
              reason={draft.list.length >= most ? `A port has at most ${most}.` : null}
              onClick={add}
            >
              <Plus aria-hidden="true" /> Add option
            </Button>
          </div>
          <ApiCall verb="network.ports.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}

function OptionFields({
  option,
  errors,
  onChange,
  onRemove,
}: {
  option: OptionDraft
  errors: { name?: string; value?: string }
  onChange: (patch: Partial<OptionDraft>) => void
  onRemove: () => void
}) {
  const usual = usualOptions.find(({ name }) => name === option.name)
  const label = usual?.label ?? (option.number || 'option')
  return (
    <fieldset className="flex flex-col gap-3 rounded-lg border border-line p-3">
      <legend className="sr-only">{label}</legend>
      <div className="flex items-end gap-2">
        <Field label="Option" error={usual ? errors.name : undefined} className="min-w-0 flex-1">
          <Select
            value={option.name}
            onChange={(name) => onChange({ name })}
            options={[
              ...usualOptions.map(({ name, label: text }) => ({ value: name, label: text, note: name })),
              { value: otherOption, label: 'Another one' },
            ]}
          />
        </Field>
        <Button variant="ghost" aria-label={`Remove ${label}`} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </Button>
      </div>
      {!usual && (
        <Field label="Name or number" error={errors.name} hint="As dnsmasq calls it, or 1 to 254.">
          <Input
            value={option.number}
            maxLength={64}
            spellCheck={false}
            placeholder="224"
            onChange={(event) => onChange({ number: event.target.value })}
          />
        </Field>
      )}
      <Field label="Value" error={errors.value} hint={usual?.hint}>
        <Input
          value={option.value}
          maxLength={255}
          spellCheck={false}
          placeholder={usual?.example}
          onChange={(event) => onChange({ value: event.target.value })}
        />
      </Field>
    </fieldset>
  )
}
