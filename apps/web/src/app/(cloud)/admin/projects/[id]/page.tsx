import type { Metadata } from 'next'
import { ProjectPage } from '#features/projects/project-page.tsx'

export const metadata: Metadata = { title: 'Project' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ProjectPage id={(await params).id} />
}
