import type { Metadata } from 'next'
import { VolumeTypePage } from '#features/volume-types/type-page.tsx'

export const metadata: Metadata = { title: 'Volume type' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <VolumeTypePage id={decodeURIComponent((await params).id)} />
}
