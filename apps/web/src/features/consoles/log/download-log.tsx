'use client'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { InstanceDetail } from '#features/instances/row.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { saveBlob } from '#ui/download.ts'

const chunk = 262_144

/** Saves everything that is kept of the log, not only what is on the page. */
export function DownloadLog({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPCClient()
  const [busy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      const parts: string[] = []
      for (let offset = 0; ; ) {
        const read = await trpc.compute.instances.console.query({ id: instance.id, offset, limit: chunk })
        parts.push(read.text)
        const end = read.offset + new TextEncoder().encode(read.text).length
        if (end >= read.size || end <= offset) break
        offset = end
      }
      saveBlob(new Blob(parts, { type: 'text/plain' }), `${instance.name}-console.log`)
    } catch (error) {
      const { message, remedy } = readError(error)
      toast.error(message, { description: remedy })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" loading={busy} onClick={() => void download()}>
      <Download aria-hidden="true" /> Download
    </Button>
  )
}
