import type { Metadata } from 'next'
import { MigrationsPage } from '#features/migrations/migrations-page.tsx'

export const metadata: Metadata = { title: 'Migrations' }

export default function Page() {
  return <MigrationsPage />
}
