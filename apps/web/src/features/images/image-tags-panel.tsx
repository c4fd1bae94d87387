'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { TagFields } from '#features/tags/tag-fields.tsx'
import { useTRPC } from '#trpc/client.ts'
import type { ImageRow } from './row.ts'
import { useImage } from './use-image.ts'

/** Edits the tags of an image. */
export function ImageTagsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Tags" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ tags: image.tags, text: '' })
  const { data: known = [] } = useQuery(trpc.image.tags.list.queryOptions({}))
  const input = { id: image.id, tags: draft.tags }
  const save = useMutation(
    trpc.image.images.update.mutationOptions({
      onSuccess: () => {
        toast.success('Tags saved')
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Tags"
      description={`Words to find ${image.name} by. The list can be narrowed to a tag.`}
      submit="Save"
      mutation={save}
      fields={['tags']}
      reason={draft.text.trim() ? 'Add the tag, or clear it.' : dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TagFields
            tags={draft.tags}
            text={draft.text}
            known={known.map(({ tag }) => tag)}
            errors={errors}
            onTags={(tags) => change({ tags })}
            onText={(text) => change({ text })}
          />
          <ApiCall verb="image.images.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}
