'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '#paths.ts'
import { FileDrop } from '#ui/file-drop.tsx'
import { newImageInput } from '../image-fields.tsx'
import { NewImageForm } from '../new-image-form.tsx'
import type { NewImage } from '../new-image-preset.ts'
import { useUploads } from './upload-provider.tsx'
import { nameFromFile } from './upload-state.ts'

/** A new image whose file is on this computer. */
export function UploadNew({ image: { about, change, dirty } }: { image: NewImage }) {
  const router = useRouter()
  const { start } = useUploads()
  const [file, setFile] = useState<File | null>(null)
  const suggested = file ? nameFromFile(file.name) : ''
  const { input, problem } = newImageInput({ ...about, name: about.name.trim() || suggested })
  const upload = useMutation({
    mutationFn: (chosen: File) => start(input, chosen),
    onSuccess: (id) => router.push(paths.image(id)),
  })
  return (
    <NewImageForm
      title="File"
      source={() => <FileDrop label="Image file" file={file} onFile={setFile} />}
      draft={about}
      suggested={suggested}
      input={input}
      submit="Upload image"
      mutation={upload}
      dirty={dirty || file !== null}
      reason={(file ? null : 'Choose a file first.') ?? problem}
      note="It goes on while you look at other pages, and after the connection broke. When this tab was closed, choose the same file again within a day to continue."
      onChange={change}
      onSubmit={() => file && upload.mutate(file)}
    />
  )
}
