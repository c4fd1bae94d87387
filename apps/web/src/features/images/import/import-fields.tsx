'use client'
import { CheckField } from '#ui/check-field.tsx'
import { Field, FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { useImageStores } from '../stores/use-image-stores.ts'
import { kindOfStore } from '../stores/words.ts'
import { hashProblem, type ImportDraft } from './import-draft.ts'

/** Where a file is fetched from, what it has to be, and where it goes. */
export function ImportFields({
  draft,
  error,
  onChange,
}: {
  draft: ImportDraft
  /** What the cloud has against a field. */
  error: (field: 'uri' | 'hash' | 'stores') => string | undefined
  onChange: (patch: Partial<ImportDraft>) => void
}) {
  const stores = useImageStores() ?? []
  const chosen = (name: string, isDefault: boolean) =>
    draft.stores.length > 0 ? draft.stores.includes(name) : isDefault
  return (
    <>
      <Field
        label="Address"
        error={error('uri')}
        hint="The cloud fetches it by http or https. Addresses of private networks are refused, unless an administrator allowed them."
      >
        <Input
          type="url"
          inputMode="url"
          value={draft.uri}
          maxLength={2_048}
          spellCheck={false}
          placeholder="https://example.org/debian-12.qcow2"
          onChange={(event) => onChange({ uri: event.target.value })}
        />
      </Field>
      <Field
        label="Checksum"
        optional
        error={error('hash') ?? hashProblem(draft.hash)}
        hint="SHA-256, SHA-512 or MD5, as its publisher tells it. A file that does not have it is thrown away."
      >
        <Input
          value={draft.hash}
          maxLength={400}
          spellCheck={false}
          className="font-mono text-xs"
          onChange={(event) => onChange({ hash: event.target.value })}
        />
      </Field>
      {stores.length > 1 && (
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 text-[13px] font-medium">Stores</legend>
          {stores.map((store) => (
            <CheckField
              key={store.name}
              label={store.name}
              hint={kindOfStore(store)}
              checked={chosen(store.name, store.isDefault)}
              onChange={(on) =>
                onChange({
                  stores: stores
                    .filter(({ name, isDefault }) => (name === store.name ? on : chosen(name, isDefault)))
                    .map(({ name }) => name),
                })
              }
            />
          ))}
          {error('stores') && <FieldError>{error('stores')}</FieldError>}
        </fieldset>
      )}
    </>
  )
}
