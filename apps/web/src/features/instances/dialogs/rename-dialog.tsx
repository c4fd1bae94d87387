'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { fieldErrors, readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { instanceCache } from '../cache.ts'
import type { ActionDialogProps } from './registry.ts'

/** Asks for another name. */
export function RenameDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const [name, setName] = useState(row.name)
  const rename = useMutation(
    trpc.compute.instances.rename.mutationOptions({
      onSuccess: (renamed) => {
        instanceCache(client).putIfNewer(renamed)
        onClose()
      },
    }),
  )
  const error = rename.error ? readError(rename.error) : null
  const atField = fieldErrors(error).name
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rename instance"
      description="The host name inside the guest stays as it is."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            form="rename"
            type="submit"
            variant="primary"
            loading={rename.isPending}
            reason={name.trim() === row.name ? 'The name has not changed.' : null}
          >
            Rename
          </Button>
        </>
      }
    >
      <form
        id="rename"
        onSubmit={(event) => {
          event.preventDefault()
          rename.mutate({ id: row.id, name: name.trim() })
        }}
        className="flex flex-col gap-3"
      >
        {error && !atField && <ErrorPanel error={error} />}
        <Field label="Name" error={atField}>
          <Input value={name} onChange={(event) => setName(event.target.value)} autoFocus />
        </Field>
      </form>
    </Dialog>
  )
}
