import type { Metadata } from 'next'
import { SnapshotsPage } from '#features/volume-snapshots/snapshots-page.tsx'

export const metadata: Metadata = { title: 'Volume snapshots' }

export default function Page() {
  return <SnapshotsPage />
}
