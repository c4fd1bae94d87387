'use client'
import { createContext, type ReactNode, Suspense, useCallback, useContext, useState } from 'react'
import type { InstanceRow } from '../row.ts'
import { type ActionDialogProps, type AskingAction, actionDialogs } from './registry.ts'

type Ask = (action: AskingAction, row: InstanceRow) => void
const AskContext = createContext<Ask | null>(null)

/** Holds the one open dialog of an action; menus close when it opens. Once around the signed-in pages. */
export function ActionDialogProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<{ action: AskingAction; row: InstanceRow } | null>(null)
  const ask = useCallback<Ask>((action, row) => setOpen({ action, row }), [])
  const Dialog: React.ComponentType<ActionDialogProps> | null = open && actionDialogs[open.action]
  return (
    <AskContext value={ask}>
      {children}
      {open && Dialog && (
        <Suspense>
          <Dialog key={open.action + open.row.id} row={open.row} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </AskContext>
  )
}

/** Opens the dialog of an action for an instance. */
export function useAskAction(): Ask {
  const ask = useContext(AskContext)
  if (!ask) throw new Error('useAskAction needs an ActionDialogProvider')
  return ask
}
