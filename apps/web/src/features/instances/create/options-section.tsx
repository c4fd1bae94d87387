'use client'
import { ChevronRight } from 'lucide-react'
import { useRef, useState } from 'react'
import { toast } from 'sonner'
import { paths } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { cn } from '#ui/cn.ts'
import { Field, FieldError } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { MetadataItems } from '../metadata-items.tsx'
import { RestartPolicyField } from '../restart-policy-field.tsx'
import type { KeyPair, ServerGroup, Zone } from './choices.ts'
import type { Draft } from './instance-create-page.tsx'
import { Missing } from './sections.tsx'

const nothing = ' none'
const mostUserData = 65_535
const hidden = [
  'userData',
  'description',
  'metadata',
  'availabilityZone',
  'serverGroupId',
  'configDrive',
  'restartPolicy',
]

/** Key pair, and what is rarely needed folded away. */
export function OptionsSection({
  keyPairs,
  zones,
  serverGroups,
  keyName,
  draft,
  errors,
  onChange,
}: {
  keyPairs: readonly KeyPair[] | undefined
  zones: readonly Zone[] | undefined
  serverGroups: readonly ServerGroup[] | undefined
  keyName: string | null
  draft: Draft
  errors: Record<string, string>
  onChange: (patch: Partial<Draft>) => void
}) {
  const [opened, setOpen] = useState(Boolean(draft.serverGroupId))
  const errorOf = (field: string) =>
    Object.entries(errors).find(([path]) => path === field || path.startsWith(`${field}.`))?.[1]
  const open = opened || hidden.some(errorOf)
  return (
    <Card title="Access and options">
      <div className="flex flex-col gap-4">
        {keyPairs?.length === 0 ? (
          <Missing href={paths.keyPairNew()} action="Create a key pair">
            You have no key pair, so nobody can log in over SSH with a key.
          </Missing>
        ) : (
          <Field label="Key pair" error={errors.keyName} hint="Its public key is put into the guest for SSH.">
            <Select
              value={keyName ?? nothing}
              onChange={(name) => onChange({ keyName: name === nothing ? null : name })}
              options={[
                { value: nothing, label: 'None' },
                ...(keyPairs ?? []).map(({ name, fingerprintSha256 }) => ({
                  value: name,
                  label: name,
                  note: fingerprintSha256,
                })),
              ]}
            />
          </Field>
        )}
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!opened)}
          className="inline-flex items-center gap-1 self-start rounded text-[13px] text-muted hover:text-fg"
        >
          <ChevronRight
            className={cn('size-4 transition-transform', open && 'rotate-90')}
            aria-hidden="true"
          />
          User data, metadata, placement and restart
        </button>
        {open && (
          <>
            <UserData draft={draft} error={errors.userData} onChange={onChange} />
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1.5 text-[13px] font-medium">Metadata</legend>
              <MetadataItems items={draft.metadata} onChange={(metadata) => onChange({ metadata })} />
              {errorOf('metadata') && <FieldError>{errorOf('metadata')}</FieldError>}
            </fieldset>
            <Field label="Description" optional error={errors.description}>
              <Input
                value={draft.description}
                onChange={(event) => onChange({ description: event.target.value })}
                maxLength={255}
              />
            </Field>
            <Field label="Availability zone" error={errors.availabilityZone}>
              <Select
                value={draft.availabilityZone ?? nothing}
                onChange={(zone) => onChange({ availabilityZone: zone === nothing ? undefined : zone })}
                options={[
                  { value: nothing, label: 'Any' },
                  ...(zones ?? []).map(({ name, available }) => ({
                    value: name,
                    label: name,
                    note: available ? undefined : 'none of its hosts takes instances now',
                    disabled: !available,
                  })),
                ]}
              />
            </Field>
            <Field
              label="Server group"
              error={errorOf('serverGroupId')}
              hint="Keeps its members together, or apart."
            >
              <Select
                value={draft.serverGroupId ?? nothing}
                onChange={(id) => onChange({ serverGroupId: id === nothing ? undefined : id })}
                options={[
                  { value: nothing, label: 'None' },
                  ...(serverGroups ?? []).map(({ id, name, policy }) => ({
                    value: id,
                    label: name,
                    note: policy,
                  })),
                ]}
              />
            </Field>
            <RestartPolicyField
              value={draft.restartPolicy}
              onChange={(restartPolicy) => onChange({ restartPolicy })}
            />
            <CheckField
              label="Config drive"
              hint="Also gives the metadata on a small disk, for guests that cannot ask the metadata service."
              checked={draft.configDrive}
              onChange={(configDrive) => onChange({ configDrive })}
            />
          </>
        )}
      </div>
    </Card>
  )
}

function UserData({
  draft,
  error,
  onChange,
}: {
  draft: Draft
  error?: string
  onChange: (patch: Partial<Draft>) => void
}) {
  const picker = useRef<HTMLInputElement>(null)
  const bytes = new TextEncoder().encode(draft.userData).length
  const take = async (file: File | undefined) => {
    if (!file) return
    if (file.size > mostUserData)
      return toast.error(`${file.name} has ${file.size} bytes; ${mostUserData} are allowed.`)
    onChange({ userData: await file.text() })
  }
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="User data"
        optional
        error={error ?? (bytes > mostUserData ? `It has ${bytes} bytes; ${mostUserData} are allowed.` : null)}
        hint={`A script or cloud-config that the guest runs at its first boot. ${bytes} of ${mostUserData} bytes.`}
      >
        <Textarea
          value={draft.userData}
          onChange={(event) => onChange({ userData: event.target.value })}
          className="min-h-32 font-mono text-xs"
          placeholder={'#!/bin/sh\necho hello from user data'}
          spellCheck={false}
        />
      </Field>
      <input
        ref={picker}
        type="file"
        aria-label="Script file"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          void take(event.target.files?.[0])
          // The same file can be chosen again after it was edited.
          event.target.value = ''
        }}
      />
      <Button size="sm" className="self-start" onClick={() => picker.current?.click()}>
        Take it from a file
      </Button>
    </div>
  )
}
