import type { Metadata } from 'next'
import { BackendsPage } from '#features/volume-backends/backends-page.tsx'

export const metadata: Metadata = { title: 'Storage back ends' }

export default function Page() {
  return <BackendsPage />
}
