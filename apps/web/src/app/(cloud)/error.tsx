'use client'
import { ErrorPanel } from '#ui/error-panel.tsx'

/** A page that broke: the frame around it still works. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <ErrorPanel
      title="This page could not be shown"
      error={{
        message: 'Something went wrong in the dashboard.',
        remedy: 'Try again; if it stays, the log of the web process has the reason.',
        requestId: error.digest ?? null,
      }}
      onRetry={reset}
    />
  )
}
