'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ImageFields, imageInput } from './image-fields.tsx'
import { propertiesText } from './properties.ts'
import type { ImageRow } from './row.ts'

/** Changes what people say about an image. */
export function ImageEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.image.images.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Edit image" query={query} onClose={onClose}>
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
    minDiskGib: String(image.minDiskGib),
    minRamMib: String(image.minRamMib),
    properties: propertiesText(image.properties),
  })
  const { input, problem } = imageInput(draft)
  const save = useMutation(
    trpc.image.images.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit image"
      description={image.name}
      submit="Save"
      mutation={save}
      fields={Object.keys(input)}
      reason={problem ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: image.id, ...input })}
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
          <ImageFields
            draft={draft}
            errors={errors}
            propertiesError={problem ?? errorBelow(errors, 'properties')}
            isAdmin={isAdmin}
            onChange={change}
          />
        </>
      )}
    </FormPanel>
  )
}
