'use client'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import { type RouterInputs, useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError, type ShownError } from '#trpc/error.ts'
import { sendFile } from './send-file.ts'
import { isUnderWay, newUpload, nextUpload, type Upload, type UploadEvent } from './upload-state.ts'

/** Uploads of this tab, and what can be done to them. They go on while one looks at other pages. */
export interface Uploads {
  uploads: readonly Upload[]
  /** Makes an image and sends its file. Resolves to the image's id once it is made. @throws what the cloud refused */
  start: (image: RouterInputs['image']['images']['create'], file: File) => Promise<string>
  /** Sends a file into an image that waits for one. */
  sendInto: (image: { id: string; name: string }, file: File) => void
  cancel: (imageId: string) => Promise<void>
  /** Sends the same file again after it failed. */
  retry: (imageId: string) => void
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

const lost = (failure: string | null, network: ShownError): ShownError =>
  failure ? { ...network, code: 'cancelled', message: failure, remedy: 'Upload the file again.' } : network

/** Holds the uploads of this tab. Once around the signed-in pages, so that going elsewhere does not end them. */
export function UploadProvider({ children }: { children: ReactNode }) {
  const api = useTRPCClient()
  const trpc = useTRPC()
  const client = useQueryClient()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const running = useRef(new Map<string, { file: File; stop: () => void }>())

  const value = useMemo<Uploads>(() => {
    const happen = (imageId: string, event: UploadEvent) =>
      setUploads((all) => all.map((each) => (each.imageId === imageId ? nextUpload(each, event) : each)))
    const refused = (imageId: string, error: ShownError) => happen(imageId, { type: 'refused', error })
    const send = (imageId: string, file: File) => {
      const stop = sendFile(imageId, file, {
        onProgress: (sent) => happen(imageId, { type: 'progressed', at: Date.now(), sent }),
        onSent: () => happen(imageId, { type: 'sent' }),
        onEnd: async (end) => {
          if (end.type === 'refused') return refused(imageId, end.error)
          if (end.type === 'accepted') return happen(imageId, { type: 'accepted' })
          // The answer did not arrive, as happens when a file is refused while it is being sent; the image knows why.
          try {
            const image = await api.image.images.show.query({ id: imageId })
            if (image.status === 'active') happen(imageId, { type: 'accepted' })
            else refused(imageId, lost(image.failure, unreachable))
          } catch (error) {
            refused(imageId, readError(error))
          }
        },
      })
      running.current.set(imageId, { file, stop })
    }
    const begin = (image: { id: string; name: string }, file: File) => {
      const upload = newUpload(
        { imageId: image.id, name: image.name, fileName: file.name, total: file.size },
        Date.now(),
      )
      setUploads((all) => [...all.filter(({ imageId }) => imageId !== image.id), upload])
      send(image.id, file)
    }
    return {
      uploads: [],
      start: async (input, file) => {
        const image = await api.image.images.create.mutate(input)
        begin(image, file)
        return image.id
      },
      sendInto: begin,
      cancel: async (imageId) => {
        const upload = running.current.get(imageId)
        happen(imageId, { type: 'cancelled' })
        try {
          // Told first, the image says that a person stopped it; a cut line alone looks like an accident.
          await api.image.images.cancelUpload.mutate({ id: imageId })
        } catch (error) {
          const { code, message } = readError(error)
          if (code !== 'conflict') toast.error(message)
        } finally {
          upload?.stop()
          void client.invalidateQueries(trpc.image.images.show.queryFilter({ id: imageId }))
        }
      },
      retry: (imageId) => {
        const known = running.current.get(imageId)
        if (!known) return
        happen(imageId, { type: 'started', at: Date.now() })
        send(imageId, known.file)
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
    // Inside the dashboard they go on; closing the tab would end them.
    const stay = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [busy])

  const context = useMemo(() => ({ ...value, uploads }), [value, uploads])
  return <UploadContext value={context}>{children}</UploadContext>
}

const unreachable: ShownError = {
  code: 'network',
  message: 'The connection broke before the file had arrived.',
  field: null,
  remedy: 'Check your connection, then upload the file again.',
  requestId: null,
  detail: null,
}
