import type { Metadata } from 'next'
import { FlavorPage } from '#features/flavors/flavor-page.tsx'

export const metadata: Metadata = { title: 'Flavor' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <FlavorPage id={decodeURIComponent((await params).id)} />
}
