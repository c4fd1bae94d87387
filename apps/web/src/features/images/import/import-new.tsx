'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useDraft } from '#features/forms/use-draft.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { newImageInput } from '../image-fields.tsx'
import { NewImageForm } from '../new-image-form.tsx'
import type { NewImage } from '../new-image-preset.ts'
import { nameFromFile } from '../upload/upload-state.ts'
import { emptyImport, fileOfAddress, importInput, importProblem } from './import-draft.ts'
import { ImportFields } from './import-fields.tsx'

/** A new image whose file the cloud fetches from an address. */
export function ImportNew({ image: { about, change, dirty }, uri }: { image: NewImage; uri: string }) {
  const trpc = useTRPC()
  const router = useRouter()
  const [draft, changeSource, sourceDirty] = useDraft({ ...emptyImport, uri })
  const file = fileOfAddress(draft.uri)
  const suggested = file ? nameFromFile(file) : ''
  const { input, problem } = newImageInput({ ...about, name: about.name.trim() || suggested })
  const whole = { ...input, import: importInput(draft) }
  const create = useMutation(
    trpc.image.images.create.mutationOptions({ onSuccess: ({ id }) => router.push(paths.image(id)) }),
  )
  return (
    <NewImageForm
      title="Address"
      source={(at) => (
        <ImportFields
          draft={draft}
          error={(field) => at[`import.${field}`] ?? at[`import.${field}.value`]}
          onChange={changeSource}
        />
      )}
      draft={about}
      suggested={suggested}
      input={whole}
      submit="Import image"
      mutation={create}
      dirty={dirty || sourceDirty}
      reason={importProblem(draft) ?? problem}
      note="The cloud fetches the file itself: you can close this page. VMDK, VHD, VHDX and VDI are converted on the way."
      onChange={change}
      onSubmit={() => create.mutate(whole)}
    />
  )
}
