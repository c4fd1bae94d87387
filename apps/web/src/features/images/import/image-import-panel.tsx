'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { imageReason } from '../actions.ts'
import type { ImageRow } from '../row.ts'
import { useImage, useImageAsker } from '../use-image.ts'
import { emptyImport, importInput, importProblem } from './import-draft.ts'
import { ImportFields } from './import-fields.tsx'

/** Has the file of an image that waits for one fetched from an address. */
export function ImageImportPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Import from an address" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const asker = useImageAsker()
  const [draft, change, dirty] = useDraft(emptyImport)
  const input = { id: image.id, method: 'web-download' as const, ...importInput(draft) }
  const fetchIt = useMutation(
    trpc.image.images.import.mutationOptions({
      onSuccess: () => {
        toast.success(`${image.name} is being imported`, {
          action: { label: 'Details', onClick: () => router.push(paths.image(image.id)) },
        })
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Import from an address"
      description={image.name}
      submit="Import"
      mutation={fetchIt}
      fields={['uri', 'hash', 'stores']}
      reason={imageReason('import', image, asker) ?? importProblem(draft)}
      dirty={dirty}
      onSubmit={() => fetchIt.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <ImportFields
            draft={draft}
            error={(field) => errors[field] ?? errors[`${field}.value`]}
            onChange={change}
          />
          <ApiCall verb="image.images.import" input={input} />
        </>
      )}
    </FormPanel>
  )
}
