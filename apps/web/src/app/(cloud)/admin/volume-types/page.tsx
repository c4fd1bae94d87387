import type { Metadata } from 'next'
import { VolumeTypesPage } from '#features/volume-types/types-page.tsx'

export const metadata: Metadata = { title: 'Volume types' }

export default function Page() {
  return <VolumeTypesPage />
}
