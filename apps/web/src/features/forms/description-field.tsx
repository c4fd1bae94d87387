import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

/** What a thing is for, in the words of whoever made it; may be left out. */
export function DescriptionField({
  value,
  error,
  maxLength = 255,
  onChange,
}: {
  value: string
  error?: string
  maxLength?: number
  onChange: (description: string) => void
}) {
  return (
    <Field label="Description" optional error={error}>
      <Input value={value} maxLength={maxLength} onChange={(event) => onChange(event.target.value)} />
    </Field>
  )
}
