import type { Metadata } from 'next'
import { VolumeNewPage } from '#features/volumes/create/volume-new-page.tsx'

export const metadata: Metadata = { title: 'Create volume' }

export default function Page() {
  return <VolumeNewPage />
}
