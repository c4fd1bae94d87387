'use client'
import { useClientConfig } from '#features/session/use-session.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

interface Props {
  value: string
  error?: string
  onChange: (value: string) => void
}

/** The domain of a network's names. */
export function DomainField({ value, error, onChange }: Props) {
  const { dnsDomain } = useClientConfig()
  return (
    <Field
      label="Domain of names"
      optional
      error={error}
      hint="Instances find each other as name and as name.domain, where their subnet names no DNS server of its own."
    >
      <Input
        value={value}
        maxLength={190}
        spellCheck={false}
        placeholder={dnsDomain || 'cloud.example'}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}

/** What a port is called on its network. */
export function NameField({ value, error, onChange }: Props) {
  return (
    <Field
      label="Name on the network"
      optional
      error={error}
      hint="What others there find it as (DNS). Empty: as its instance is called."
    >
      <Input
        value={value}
        maxLength={63}
        spellCheck={false}
        placeholder="db"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
