'use client'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { paths } from '#paths.ts'

/** Says that work has begun, with the way to its operation where there is one. */
export function useWorkToast(): (text: string, operationId?: string | null) => void {
  const router = useRouter()
  return (text, operationId) => {
    toast(
      text,
      operationId
        ? { action: { label: 'Details', onClick: () => router.push(paths.operation(operationId)) } }
        : undefined,
    )
  }
}
