'use client'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import { type RouterInputs, useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { outcomeOf } from './outcome.ts'
import { sendFile } from './send-file.ts'
import { transportTo } from './transport.ts'
import { isUnderWay, newUpload, nextUpload, type Upload, type UploadEvent } from './upload-state.ts'

/** Uploads of this tab, and what can be done to them. They go on while one looks at other pages. */
export interface Uploads {
  uploads: readonly Upload[]
  /** Makes an image and sends its file. Resolves to the image's id once it is made. @throws what the cloud refused */
  start: (image: RouterInputs['image']['images']['create'], file: File) => Promise<string>
  /**
   * Sends a file into an image that waits for one, or the rest of one whose upload was begun, in whatever tab.
   * @throws what the cloud refused
   */
  sendInto: (image: { id: string; name: string }, file: File) => Promise<void>
  cancel: (imageId: string) => Promise<void>
  /** Sends the same file again after it failed, from where it was. */
  retry: (imageId: string) => Promise<void>
  /** Takes an ended one off the list. */
  dismiss: (imageId: string) => void
}

const UploadContext = createContext<Uploads | null>(null)

/** The uploads of this tab. */
export function useUploads(): Uploads {
  const uploads = useContext(UploadContext)
  if (!uploads) throw new Error('useUploads needs an UploadProvider')
  return uploads
}

/** Holds the uploads of this tab. Once around the signed-in pages, so that going elsewhere does not end them. */
export function UploadProvider({ children }: { children: ReactNode }) {
  const api = useTRPCClient()
  const trpc = useTRPC()
  const client = useQueryClient()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const running = useRef(new Map<string, { name: string; file: File; stop: () => void }>())

  const value = useMemo<Uploads>(() => {
    const happen = (imageId: string, event: UploadEvent) =>
      setUploads((all) => all.map((each) => (each.imageId === imageId ? nextUpload(each, event) : each)))
    const begin = async (image: { id: string; name: string }, file: File) => {
      const { uploadId } = await api.image.uploads.begin.mutate({
        id: image.id,
        size: file.size,
        fileName: file.name,
      })
      running.current.get(image.id)?.stop()
      const now = () => Date.now()
      const stop = sendFile(
        transportTo(image.id, uploadId, (signal) =>
          outcomeOf(client, trpc.image.images.show.queryOptions({ id: image.id }), signal),
        ),
        file,
        {
          onPlaced: (sent) => happen(image.id, { type: 'placed', at: now(), sent }),
          onProgress: (sent) => happen(image.id, { type: 'progressed', at: now(), sent }),
          onInterrupted: () => happen(image.id, { type: 'interrupted' }),
          onSent: () => happen(image.id, { type: 'sent' }),
          onEnd: (end) => happen(image.id, end),
        },
      )
      running.current.set(image.id, { name: image.name, file, stop })
    }
    const add = (image: { id: string; name: string }, file: File) => {
      const upload = newUpload(
        { imageId: image.id, name: image.name, fileName: file.name, total: file.size },
        Date.now(),
      )
      setUploads((all) => [...all.filter(({ imageId }) => imageId !== image.id), upload])
    }
    return {
      uploads: [],
      start: async (input, file) => {
        const image = await api.image.images.create.mutate(input)
        add(image, file)
        running.current.set(image.id, { name: image.name, file, stop: () => {} })
        // The image is there: what is refused from here on is told at its upload, where it can be tried again.
        await begin(image, file).catch((error: unknown) =>
          happen(image.id, { type: 'refused', error: readError(error) }),
        )
        return image.id
      },
      sendInto: async (image, file) => {
        await begin(image, file)
        add(image, file)
      },
      cancel: async (imageId) => {
        const upload = running.current.get(imageId)
        happen(imageId, { type: 'cancelled' })
        upload?.stop()
        try {
          await api.image.images.cancelUpload.mutate({ id: imageId })
        } catch (error) {
          const { code, message } = readError(error)
          if (code !== 'conflict') toast.error(message)
        } finally {
          void client.invalidateQueries(trpc.image.images.show.queryFilter({ id: imageId }))
        }
      },
      retry: async (imageId) => {
        const known = running.current.get(imageId)
        if (!known) return
        happen(imageId, { type: 'started', at: Date.now() })
        try {
          await begin({ id: imageId, name: known.name }, known.file)
        } catch (error) {
          happen(imageId, { type: 'refused', error: readError(error) })
        }
      },
      dismiss: (imageId) => {
        running.current.delete(imageId)
        setUploads((all) => all.filter((each) => each.imageId !== imageId || isUnderWay(each)))
      },
    }
  }, [api, client, trpc])

  const busy = uploads.some(isUnderWay)
  useEffect(() => {
    if (!busy) return
    // Inside the dashboard they go on; closing the tab interrupts them until the file is chosen again.
    const stay = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [busy])

  const context = useMemo(() => ({ ...value, uploads }), [value, uploads])
  return <UploadContext value={context}>{children}</UploadContext>
}
