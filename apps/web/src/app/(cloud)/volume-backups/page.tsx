import type { Metadata } from 'next'
import { BackupsPage } from '#features/volume-backups/backups-page.tsx'

export const metadata: Metadata = { title: 'Volume backups' }

export default function Page() {
  return <BackupsPage />
}
