'use client'
import { isBookkeeping, knownProperties, knownProperty } from '@nephos/core/image-properties'
import { Plus, X } from 'lucide-react'
import { useId } from 'react'
import { Button } from '#ui/button.tsx'
import { FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { lineProblem, type PropertyLine, withLine } from './property-draft.ts'

/** Editor of properties: each has a name, a value that fits it, and says what it does. */
export function PropertyFields({
  lines,
  errors,
  onChange,
}: {
  lines: readonly PropertyLine[]
  /** By the server's paths: `properties.hw_disk_bus`. */
  errors: Record<string, string>
  onChange: (lines: PropertyLine[]) => void
}) {
  const list = useId()
  const put = (line: PropertyLine) => onChange(lines.map((each) => (each.key === line.key ? line : each)))
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 text-[13px] font-medium">Properties</legend>
      {lines.length === 0 && (
        <p className="text-xs text-subtle">
          None. They tell which system is inside, and change the machine that starts from it.
        </p>
      )}
      {lines.map((line) => (
        <Line
          key={line.key}
          line={line}
          list={list}
          problem={errors[`properties.${line.name.trim()}`] ?? lineProblem(line, lines)}
          onChange={put}
          onRemove={() => onChange(lines.filter(({ key }) => key !== line.key))}
        />
      ))}
      <datalist id={list}>
        {Object.entries(knownProperties).map(([name, { what }]) => (
          <option key={name} value={name}>
            {what}
          </option>
        ))}
      </datalist>
      <Button size="sm" className="self-start" onClick={() => onChange(withLine(lines))}>
        <Plus aria-hidden="true" /> Add property
      </Button>
      {errors.properties && <FieldError>{errors.properties}</FieldError>}
    </fieldset>
  )
}

function Line({
  line,
  list,
  problem,
  onChange,
  onRemove,
}: {
  line: PropertyLine
  list: string
  problem: string | null
  onChange: (line: PropertyLine) => void
  onRemove: () => void
}) {
  const id = useId()
  const name = line.name.trim()
  const known = knownProperty(name)
  const words = known?.values && !('min' in known.values) ? known.values : null
  const range = known?.values && 'min' in known.values ? known.values : null
  const what = known?.what ?? (isBookkeeping(name) ? 'Written by the tool that made the image.' : null)
  const value = {
    'aria-label': name ? `Value of ${name}` : 'Value',
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': what || problem ? `${id}-what` : undefined,
  }
  return (
    <div className="min-w-0">
      <div className="flex items-start gap-1.5">
        <Input
          aria-label="Name of the property"
          value={line.name}
          list={list}
          maxLength={255}
          spellCheck={false}
          placeholder="os_distro"
          className="min-w-0 flex-1 font-mono text-xs"
          onChange={(event) => onChange({ ...line, name: event.target.value })}
        />
        {words ? (
          <Select
            {...value}
            className="min-w-0 flex-1"
            value={words.includes(line.value) ? line.value : undefined}
            placeholder={line.value || 'Choose'}
            options={words
              .filter(
                (word) =>
                  word === word.toLowerCase() || word === line.value || !words.includes(word.toLowerCase()),
              )
              .map((word) => ({ value: word, label: word }))}
            onChange={(next) => onChange({ ...line, value: next })}
          />
        ) : (
          <Input
            {...value}
            value={line.value}
            list={known?.common ? `${id}-common` : undefined}
            maxLength={4_096}
            spellCheck={false}
            inputMode={range ? 'numeric' : undefined}
            placeholder={range ? `${range.min} to ${range.max}` : undefined}
            className="min-w-0 flex-1 font-mono text-xs"
            onChange={(event) => onChange({ ...line, value: event.target.value })}
          />
        )}
        <button
          type="button"
          aria-label={name ? `Remove ${name}` : 'Remove this property'}
          onClick={onRemove}
          className="flex size-9 shrink-0 items-center justify-center rounded-md text-subtle hover:bg-hover hover:text-fg"
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      </div>
      {known?.common && (
        <datalist id={`${id}-common`}>
          {known.common.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {(problem || what) && (
        <p id={`${id}-what`} className={`mt-1 text-xs ${problem ? 'text-bad-text' : 'text-subtle'}`}>
          {problem ?? what}
        </p>
      )}
    </div>
  )
}
