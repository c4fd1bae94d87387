'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Words that no key pair can be called, for they have a blank in front. */
const keep = ' keep'
const none = ' none'

/** Asks what an instance is made from anew. */
export function RebuildDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.image.images.list.queryOptions({ limit: 100, status: 'active' }))
  const { data: keys } = useQuery(trpc.compute.keyPairs.list.queryOptions({ limit: 100 }))
  const images = data?.items ?? []
  const own = images.some(({ id }) => id === row.imageId)
  const [chosen, setChosen] = useState<string>()
  const imageId = chosen ?? (own ? row.imageId! : undefined)
  const [name, setName] = useState(row.name)
  const [key, setKey] = useState(keep)
  const [replaceData, setReplaceData] = useState(false)
  const [userData, setUserData] = useState('')
  return (
    <ActionForm
      action="rebuild"
      row={row}
      title={`Rebuild ${row.name}`}
      description="It gets new disks from an image. Everything on its present disks is lost. Addresses, interfaces and size stay."
      fields={['imageId', 'name', 'keyName', 'userData']}
      reason={!data ? 'The images are still being read.' : imageId ? null : 'Choose an image.'}
      submit={(instances) =>
        instances.rebuild.mutate({
          id: row.id,
          imageId,
          ...(name.trim() !== row.name && { name }),
          ...(key !== keep && { keyName: key === none ? null : key }),
          ...(replaceData && { userData: userData || null, userDataEncoding: 'text' as const }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Image" error={errors.imageId}>
            <Select
              value={imageId}
              onChange={setChosen}
              placeholder="Choose an image"
              options={images.map((image) => ({
                value: image.id,
                label: image.name,
                note: image.id === row.imageId ? 'the image that it was made from' : undefined,
              }))}
            />
          </Field>
          <Field label="Name" error={errors.name}>
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={255} />
          </Field>
          <Field label="Key pair" error={errors.keyName}>
            <Select
              value={key}
              onChange={setKey}
              options={[
                { value: keep, label: row.keyName ? `Keep ${row.keyName}` : 'Keep none' },
                ...(row.keyName ? [{ value: none, label: 'None' }] : []),
                ...(keys?.items ?? [])
                  .filter((pair) => pair.name !== row.keyName)
                  .map((pair) => ({ value: pair.name, label: pair.name })),
              ]}
            />
          </Field>
          <CheckField
            label="Replace the user data"
            hint="The guest runs them again in any case, because its disk is new."
            checked={replaceData}
            onChange={setReplaceData}
          />
          {replaceData && (
            <Field label="User data" optional error={errors.userData}>
              <Textarea
                value={userData}
                onChange={(event) => setUserData(event.target.value)}
                className="min-h-24 font-mono text-xs"
                placeholder={'#!/bin/sh\necho hello from user data'}
                spellCheck={false}
              />
            </Field>
          )}
        </>
      )}
    </ActionForm>
  )
}
