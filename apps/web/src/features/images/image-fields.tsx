'use client'
import type { RouterInputs } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { readProperties } from './properties.ts'
import type { ImageRow } from './row.ts'

/** What people say about an image, as a form holds it. */
export interface ImageDraft {
  name: string
  visibility: ImageRow['visibility']
  protected: boolean
  minDiskGib: string
  minRamMib: string
  properties: string
}

/** A new image. */
export const emptyImage: ImageDraft = {
  name: '',
  visibility: 'private',
  protected: false,
  minDiskGib: '0',
  minRamMib: '0',
  properties: '',
}

/** What the form says in the server's words, and what is wrong with its properties. */
export function imageInput(draft: ImageDraft): {
  input: RouterInputs['image']['images']['create']
  problem: string | null
} {
  const { properties, problem } = readProperties(draft.properties)
  return {
    input: {
      name: draft.name.trim(),
      visibility: draft.visibility,
      protected: draft.protected,
      minDiskGib: Number(draft.minDiskGib || 0),
      minRamMib: Number(draft.minRamMib || 0),
      properties,
    },
    problem,
  }
}

const publishers = 'Only administrators make images public.'

/** Everything about an image but its name. */
export function ImageFields({
  draft,
  errors,
  propertiesError,
  isAdmin,
  onChange,
}: {
  draft: ImageDraft
  errors: Record<string, string>
  propertiesError?: string | null
  isAdmin: boolean
  onChange: (patch: Partial<ImageDraft>) => void
}) {
  return (
    <>
      <Field
        label="Visibility"
        error={errors.visibility}
        hint={
          isAdmin || draft.visibility === 'public'
            ? 'Public images can be used by every project.'
            : `Only this project uses it. ${publishers}`
        }
      >
        <Select
          value={draft.visibility}
          onChange={(visibility) => onChange({ visibility: visibility as ImageDraft['visibility'] })}
          options={[
            { value: 'private', label: 'Private' },
            {
              value: 'public',
              label: 'Public',
              note: isAdmin ? undefined : publishers,
              disabled: !isAdmin && draft.visibility !== 'public',
            },
          ]}
        />
      </Field>
      <CheckField
        label="Protected"
        hint="It cannot be deleted until the protection is taken off."
        error={errors.protected}
        checked={draft.protected}
        onChange={(on) => onChange({ protected: on })}
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
      <Field
        label="Properties"
        optional
        error={propertiesError}
        hint="One name=value a line. hw_firmware_type=uefi, hw_machine_type=q35 or hw_disk_bus=scsi change the machine."
      >
        <Textarea
          value={draft.properties}
          onChange={(event) => onChange({ properties: event.target.value })}
          placeholder="os_distro=debian"
          className="min-h-20 font-mono text-xs"
          spellCheck={false}
        />
      </Field>
    </>
  )
}
