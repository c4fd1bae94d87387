import type { Metadata } from 'next'
import { ServerGroupPage } from '#features/server-groups/server-group-page.tsx'

export const metadata: Metadata = { title: 'Server group' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ServerGroupPage id={decodeURIComponent((await params).id)} />
}
