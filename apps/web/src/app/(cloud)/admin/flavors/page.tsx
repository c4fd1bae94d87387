import type { Metadata } from 'next'
import { FlavorsPage } from '#features/flavors/flavors-page.tsx'

export const metadata: Metadata = { title: 'Flavors' }

export default function Page() {
  return <FlavorsPage />
}
