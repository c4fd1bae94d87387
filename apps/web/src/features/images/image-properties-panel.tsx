'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { linesOf, readLines } from './property-draft.ts'
import { PropertyFields } from './property-fields.tsx'
import type { ImageRow } from './row.ts'
import { useImage } from './use-image.ts'

/** Edits the properties of an image. */
export function ImagePropertiesPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Properties" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ lines: linesOf(image.properties) })
  const { properties, problem } = readLines(draft.lines)
  const input = { id: image.id, properties }
  const save = useMutation(
    trpc.image.images.update.mutationOptions({
      onSuccess: () => {
        toast.success('Properties saved')
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Properties"
      description={`Of ${image.name}. Instances keep those they were made with.`}
      submit="Save"
      mutation={save}
      fields={['properties']}
      reason={problem ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <PropertyFields lines={draft.lines} errors={errors} onChange={(lines) => change({ lines })} />
          <ApiCall verb="image.images.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}
