'use client'
import dynamic from 'next/dynamic'
import type { InstanceDetail } from '#features/instances/row.ts'
import type { ConsoleView } from '#paths.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import type { ConsolePlace } from './console-frame.tsx'
import { ConsoleLog } from './log/console-log.tsx'

const loading = () => <Skeleton className="h-96 w-full rounded-xl" />
// Terminal and VNC client are large: a page carries them only once somebody opens a console.
const SerialConsole = dynamic(
  () => import('./serial-console.tsx').then(({ SerialConsole }) => ({ default: SerialConsole })),
  { ssr: false, loading },
)
const ScreenConsole = dynamic(
  () => import('./screen-console.tsx').then(({ ScreenConsole }) => ({ default: ScreenConsole })),
  { ssr: false, loading },
)

/** One view of an instance's console. */
export function ConsoleViewOf({
  instance,
  view,
  place,
}: {
  instance: InstanceDetail
  view: ConsoleView
  place: ConsolePlace
}) {
  if (view === 'serial') return <SerialConsole key={instance.id} instance={instance} place={place} />
  if (view === 'screen') return <ScreenConsole key={instance.id} instance={instance} place={place} />
  return <ConsoleLog instance={instance} fill={place === 'window'} />
}
