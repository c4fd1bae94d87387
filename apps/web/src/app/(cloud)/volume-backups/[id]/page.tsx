import type { Metadata } from 'next'
import { BackupPage } from '#features/volume-backups/backup-page.tsx'

export const metadata: Metadata = { title: 'Volume backup' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <BackupPage id={decodeURIComponent((await params).id)} />
}
