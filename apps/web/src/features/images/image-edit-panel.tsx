'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ImageFields, imageInput } from './image-fields.tsx'
import type { ImageRow } from './row.ts'
import { useImage } from './use-image.ts'

/** Changes what people say about an image. */
export function ImageEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Edit image" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const [draft, change, dirty] = useDraft({
    name: image.name,
    visibility: image.visibility,
    protected: image.protected,
    hidden: image.hidden,
    minDiskGib: String(image.minDiskGib),
    minRamMib: String(image.minRamMib),
  })
  const input = { id: image.id, ...imageInput(draft) }
  const save = useMutation(
    trpc.image.images.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  const unshared = image.visibility === 'shared' && draft.visibility === 'private'
  return (
    <FormPanel
      title="Edit image"
      description={image.name}
      submit="Save"
      mutation={save}
      fields={Object.keys(input)}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <ImageFields draft={draft} errors={errors} isAdmin={isAdmin} onChange={change} />
          {unshared && (
            <p role="status" className="text-xs text-warn-text">
              Projects that it is shared with see it no longer. They are remembered for when it is shared
              again; what they made from it goes on.
            </p>
          )}
          <ApiCall verb="image.images.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}
