import type { Metadata } from 'next'
import { ZonesPage } from '#features/aggregates/zones-page.tsx'

export const metadata: Metadata = { title: 'Availability zones' }

export default function Page() {
  return <ZonesPage />
}
