import Link from 'next/link'
import { paths } from '#paths.ts'

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 px-4 text-center">
      <h1 className="text-lg font-semibold">There is no such page</h1>
      <p className="text-sm text-muted">The address may be mistyped, or the page has moved.</p>
      <Link href={paths.overview()} className="mt-2 rounded text-sm text-accent-text hover:underline">
        Go to the overview
      </Link>
    </main>
  )
}
