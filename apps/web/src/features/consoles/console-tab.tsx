'use client'
import { Monitor, ScrollText, SquareTerminal } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { InstanceDetail } from '#features/instances/row.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { type ConsoleView, consoleViews } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { ConsoleViewOf } from './console-view.tsx'

const views = [
  { view: 'log', label: 'Log', icon: ScrollText },
  { view: 'serial', label: 'Serial', icon: SquareTerminal },
  { view: 'screen', label: 'Graphical', icon: Monitor },
] as const

/** What an instance wrote, its serial port and its screen. */
export function ConsoleTab({ instance }: { instance: InstanceDetail }) {
  const [wanted, setWanted] = useQueryState(
    'console',
    parseAsStringLiteral(consoleViews).withDefault('log').withOptions({ history: 'replace' }),
  )
  const reasonFor = useWhyNoView()
  // A link may name a view that this person or machine has not.
  const view = reasonFor(wanted) ? 'log' : wanted
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: buttons, not fields of a form */}
      <div role="group" aria-label="Console" className="mb-3 flex flex-wrap gap-2">
        {views.map(({ view: one, label, icon: Icon }) => (
          <Button
            key={one}
            size="sm"
            aria-pressed={view === one}
            reason={reasonFor(one)}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
            onClick={() => void setWanted(one)}
          >
            <Icon aria-hidden="true" /> {label}
          </Button>
        ))}
      </div>
      <ConsoleViewOf instance={instance} view={view} place="tab" />
    </>
  )
}

/** Why a view cannot be opened at all, whatever the state of the instance. */
export function useWhyNoView(): (view: ConsoleView) => string | null {
  const readOnly = useWhyReadOnly()
  const { cloud } = useSession()
  return (view) => {
    if (view === 'log') return null
    if (view === 'screen' && cloud.simulated)
      return 'Machines of this cloud are simulated: they have no screen.'
    return readOnly
  }
}
