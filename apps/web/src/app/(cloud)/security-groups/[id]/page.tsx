import type { Metadata } from 'next'
import { SecurityGroupPage } from '#features/security-groups/security-group-page.tsx'

export const metadata: Metadata = { title: 'Security group' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <SecurityGroupPage id={decodeURIComponent((await params).id)} />
}
