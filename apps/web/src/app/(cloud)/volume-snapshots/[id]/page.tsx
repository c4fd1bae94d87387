import type { Metadata } from 'next'
import { SnapshotPage } from '#features/volume-snapshots/snapshot-page.tsx'

export const metadata: Metadata = { title: 'Volume snapshot' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <SnapshotPage id={decodeURIComponent((await params).id)} />
}
