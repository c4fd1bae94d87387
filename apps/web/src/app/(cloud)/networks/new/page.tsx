import type { Metadata } from 'next'
import { NetworkNewPage } from '#features/networks/network-new-page.tsx'

export const metadata: Metadata = { title: 'Create network' }

export default function Page() {
  return <NetworkNewPage />
}
