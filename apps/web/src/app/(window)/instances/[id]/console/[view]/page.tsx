import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ConsoleWindow } from '#features/consoles/console-window.tsx'
import { consoleViews } from '#paths.ts'

export const metadata: Metadata = { title: 'Console' }

export default async function Page({ params }: { params: Promise<{ id: string; view: string }> }) {
  const { id, view } = await params
  const known = consoleViews.find((one) => one === view)
  if (!known) notFound()
  return <ConsoleWindow id={id} view={known} />
}
