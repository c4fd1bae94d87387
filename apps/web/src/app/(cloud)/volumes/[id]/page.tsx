import type { Metadata } from 'next'
import { VolumePage } from '#features/volumes/detail/volume-page.tsx'

export const metadata: Metadata = { title: 'Volume' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <VolumePage id={decodeURIComponent((await params).id)} />
}
