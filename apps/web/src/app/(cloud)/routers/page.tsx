import type { Metadata } from 'next'
import { RoutersPage } from '#features/routers/routers-page.tsx'

export const metadata: Metadata = { title: 'Routers' }

export default function Page() {
  return <RoutersPage />
}
