import type { Metadata } from 'next'
import { UserPage } from '#features/users/user-page.tsx'

export const metadata: Metadata = { title: 'User' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <UserPage id={(await params).id} />
}
