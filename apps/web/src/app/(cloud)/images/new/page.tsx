import type { Metadata } from 'next'
import { ImageNewPage } from '#features/images/image-new-page.tsx'

export const metadata: Metadata = { title: 'Upload image' }

export default function Page() {
  return <ImageNewPage />
}
