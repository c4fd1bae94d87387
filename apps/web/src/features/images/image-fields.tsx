'use client'
import type { RouterInputs } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type PropertyLine, readLines } from './property-draft.ts'
import { type ImageRow, visibilities, visibilityWords } from './row.ts'

/** An image as its form has it. */
export interface ImageDraft {
  name: string
  visibility: ImageRow['visibility']
  protected: boolean
  hidden: boolean
  minDiskGib: string
  minRamMib: string
}

/** A new image. */
export const emptyImage: ImageDraft & { properties: PropertyLine[] } = {
  name: '',
  visibility: 'private',
  protected: false,
  hidden: false,
  minDiskGib: '0',
  minRamMib: '0',
  properties: [],
}

/** What the form says in the server's words. */
export const imageInput = (draft: ImageDraft) =>
  ({
    name: draft.name.trim(),
    visibility: draft.visibility,
    protected: draft.protected,
    hidden: draft.hidden,
    minDiskGib: Number(draft.minDiskGib || 0),
    minRamMib: Number(draft.minRamMib || 0),
  }) satisfies RouterInputs['image']['images']['create']

/** The same with its properties, and what is wrong with them. */
export function newImageInput(draft: ImageDraft & { properties: readonly PropertyLine[] }) {
  const { properties, problem } = readLines(draft.properties)
  return { input: { ...imageInput(draft), properties }, problem }
}

const publishers = 'Only administrators make images public.'

/** Everything about an image but its name, its tags and its properties. */
export function ImageFields({
  draft,
  errors,
  isAdmin,
  onChange,
}: {
  draft: ImageDraft
  errors: Record<string, string>
  isAdmin: boolean
  onChange: (patch: Partial<ImageDraft>) => void
}) {
  return (
    <>
      <Field label="Visibility" error={errors.visibility} hint={visibilityWords[draft.visibility].what}>
        <Select
          value={draft.visibility}
          onChange={(visibility) => onChange({ visibility: visibility as ImageDraft['visibility'] })}
          options={visibilities.map((value) => {
            const disabled = value === 'public' && !isAdmin && draft.visibility !== 'public'
            return {
              value,
              label: visibilityWords[value].label,
              note: disabled ? publishers : visibilityWords[value].what,
              disabled,
            }
          })}
        />
      </Field>
      <CheckField
        label="Protected"
        hint="It cannot be deleted until the protection is taken off."
        error={errors.protected}
        checked={draft.protected}
        onChange={(on) => onChange({ protected: on })}
      />
      <CheckField
        label="Hidden"
        hint="Lists leave it out unless they are asked for hidden images. Its ID works as before: for versions that nobody should choose any more."
        error={errors.hidden}
        checked={draft.hidden}
        onChange={(on) => onChange({ hidden: on })}
      />
      <div className="grid grid-cols-2 gap-3">
        <Field label="Minimum disk, GiB" error={errors.minDiskGib}>
          <Input
            type="number"
            min={0}
            value={draft.minDiskGib}
            onChange={(event) => onChange({ minDiskGib: event.target.value })}
            className="tabular"
          />
        </Field>
        <Field label="Minimum RAM, MiB" error={errors.minRamMib}>
          <Input
            type="number"
            min={0}
            value={draft.minRamMib}
            onChange={(event) => onChange({ minRamMib: event.target.value })}
            className="tabular"
          />
        </Field>
      </div>
    </>
  )
}
