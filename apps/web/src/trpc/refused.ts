'use client'
import { toast } from 'sonner'
import { copyWithToast } from '#ui/copy.tsx'
import { readError } from './error.ts'

/** Says that something that was asked for without a form was refused, with the request id for a copy. */
export function toastRefusal(title: string, error: unknown): void {
  const { message, remedy, requestId } = readError(error)
  toast.error(title, {
    description: [message, remedy].filter(Boolean).join(' '),
    ...(requestId && {
      action: { label: 'Copy request ID', onClick: () => void copyWithToast(requestId, 'Request ID') },
    }),
  })
}
