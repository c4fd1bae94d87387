import type { Metadata } from 'next'
import { KeyPairsPage } from '#features/key-pairs/key-pairs-page.tsx'

export const metadata: Metadata = { title: 'Key pairs' }

export default function Page() {
  return <KeyPairsPage />
}
