'use client'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type LimitsDraft, wishesOf } from './limits-draft.ts'
import { marks, ruleWords } from './words.ts'

/** How fast ports may be and how they are marked; what it will mean is said while it is entered. */
export function LimitsFields({
  draft,
  onChange,
}: {
  draft: LimitsDraft
  onChange: (patch: Partial<LimitsDraft>) => void
}) {
  const { rules, problem } = wishesOf(draft)
  const rate = (key: 'send' | 'receive', label: string, hint: string) => (
    <div className="grid grid-cols-2 gap-4">
      <Field label={label} optional hint={hint}>
        <Input
          inputMode="decimal"
          value={draft[key]}
          placeholder="100"
          className="tabular"
          onChange={(event) => onChange({ [key]: event.target.value })}
        />
      </Field>
      <Field label="Burst" optional hint="Mbit at once. Empty: 80 % of a second.">
        <Input
          inputMode="decimal"
          value={draft[`${key}Burst`]}
          className="tabular"
          aria-label={`Burst when it ${key}s`}
          onChange={(event) => onChange({ [`${key}Burst`]: event.target.value })}
        />
      </Field>
    </div>
  )
  return (
    <>
      {rate('send', 'Sends at most', 'Mbit/s. Empty: no limit.')}
      {rate('receive', 'Receives at most', 'Mbit/s. Empty: no limit.')}
      <Field
        label="Mark what is sent"
        hint="Routers and switches outside that know these marks (DSCP) send what is marked sooner or later."
      >
        <Select
          value={draft.mark}
          onChange={(mark) => onChange({ mark })}
          options={[
            { value: 'none', label: 'No: as the guest marks it' },
            ...marks.map(({ value, name, use }) => ({
              value: String(value),
              label: `${name} (${value})`,
              note: use,
            })),
          ]}
        />
      </Field>
      <div role="status" className="rounded-lg border border-line bg-surface px-3 py-2.5 text-sm">
        {problem ? (
          <p className="text-warn-text">{problem}</p>
        ) : rules.length === 0 ? (
          'Limits nothing.'
        ) : (
          rules.map((rule) => {
            const words = ruleWords({ maxKbps: null, maxBurstKbps: null, dscpMark: null, ...rule })
            return <p key={words}>{words}.</p>
          })
        )}
      </div>
    </>
  )
}
