'use client'
import { RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import type { ConsoleConnectionState } from './connection.ts'

/** How the connection stands, in words, and a way to hurry it. */
export function ConnectionLine({
  state,
  onReconnect,
}: {
  state: ConsoleConnectionState
  onReconnect: () => void
}) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <div role="status" aria-label="Connection" className="min-w-0">
        <Words state={state} />
      </div>
      {(state.phase === 'retrying' || state.phase === 'ended') && (
        <Button size="sm" onClick={onReconnect}>
          <RotateCw aria-hidden="true" /> Reconnect
        </Button>
      )}
    </div>
  )
}

function Words({ state }: { state: ConsoleConnectionState }) {
  if (state.phase === 'connected') return <StateCell tone="ok" word="Connected" />
  if (state.phase === 'connecting') return <StateCell tone="busy" word="Connecting" />
  const word = { retrying: 'Interrupted', waiting: 'Not running', ended: 'Ended' }[state.phase]
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm">
      <StateCell tone={state.phase === 'retrying' ? 'bad' : 'idle'} word={word} />
      <span className="text-muted">
        {state.why}
        {state.phase === 'retrying' && <Countdown at={state.at} />}
        {state.phase === 'waiting' && ' It connects when the instance runs.'}
      </span>
    </p>
  )
}

/** " Again in 3 s." */
function Countdown({ at }: { at: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((at - now) / 1_000))
  // Not read aloud every second.
  return <span aria-hidden="true"> Again in {seconds} s.</span>
}
