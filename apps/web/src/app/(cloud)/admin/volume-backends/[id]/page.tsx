import type { Metadata } from 'next'
import { BackendPage } from '#features/volume-backends/backend-page.tsx'

export const metadata: Metadata = { title: 'Storage back end' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <BackendPage id={decodeURIComponent((await params).id)} />
}
