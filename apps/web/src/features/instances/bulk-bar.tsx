'use client'
import { MoreHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useClientConfig, useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { readError, type ShownError } from '#trpc/error.ts'
import { ActionItems, type ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { count } from '#ui/format.ts'
import { Menu } from '#ui/menu.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { actionGroups, actionReason, bulkReason, instanceActionSpecs } from './actions.ts'
import { isPlain, type PlainAction } from './performers.ts'
import { questionOf } from './questions.ts'
import type { InstanceRow } from './row.ts'
import { usePerform } from './use-instance-actions.tsx'

type Result = { row: InstanceRow } & (
  | { state: 'waiting' | 'asked' }
  | { state: 'skipped'; reason: string }
  | { state: 'refused'; error: ShownError }
)

const atOnce = 4

/** What can be done to the chosen instances, and afterwards what came of it for each. */
export function BulkBar({ rows, onDone }: { rows: readonly InstanceRow[]; onDone: () => void }) {
  const { isAdmin } = useSession()
  const readOnly = useWhyReadOnly()
  const confirm = useConfirm()
  const { reclaimSeconds } = useClientConfig()
  const perform = usePerform()
  const [running, setRunning] = useState<{ action: PlainAction; results: Result[] } | null>(null)
  const asker = { isAdmin, readOnly }

  const run = async (action: PlainAction, chosen: readonly InstanceRow[]) => {
    const results: Result[] = chosen.map((row) => {
      const reason = actionReason(action, row, asker)
      return reason ? { row, state: 'skipped', reason } : { row, state: 'waiting' }
    })
    const show = () => setRunning({ action, results: [...results] })
    show()
    const queue = results.flatMap((result, index) => (result.state === 'waiting' ? [index] : []))
    const work = async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        const { row } = results[index]!
        try {
          await perform(action, row)
          results[index] = { row, state: 'asked' }
        } catch (error) {
          results[index] = { row, state: 'refused', error: readError(error) }
        }
        show()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
  const begin = async (action: PlainAction) => {
    const doable = rows.filter((row) => actionReason(action, row, asker) === null)
    const question = questionOf(action, doable, { reclaimSeconds })
    if (question && !(await confirm(question))) return
    await run(action, rows)
  }
  const offered = instanceActionSpecs.flatMap(({ id, bulk, group, ...spec }): ResolvedAction[] =>
    bulk && isPlain(id)
      ? [
          {
            ...spec,
            id,
            group: actionGroups[group],
            reason: bulkReason(id, rows, asker),
            run: () => void begin(id),
          },
        ]
      : [],
  )

  return (
    <>
      {rows.length > 0 && (
        <section
          aria-label="Selected instances"
          className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-2 rounded-xl border border-line-strong bg-surface px-3 py-2 shadow-pop animate-in fade-in-0 slide-in-from-bottom-2 duration-150"
        >
          <span className="px-1.5 text-sm font-medium" aria-live="polite">
            {count(rows.length, 'instance')} selected
          </span>
          {offered
            .filter(({ pinned }) => pinned)
            .map(({ id, label, icon: Icon, danger, reason, run: begin }) => (
              <Button
                key={id}
                size="sm"
                variant={danger ? 'danger' : 'secondary'}
                reason={reason}
                onClick={begin}
              >
                <Icon aria-hidden="true" /> {label}
              </Button>
            ))}
          {offered.some(({ pinned }) => !pinned) && (
            <Menu
              label="More actions for the selected instances"
              trigger={
                <Button size="sm">
                  <MoreHorizontal aria-hidden="true" /> More
                </Button>
              }
            >
              <ActionItems actions={offered.filter(({ pinned }) => !pinned)} />
            </Menu>
          )}
          <Button size="sm" variant="ghost" onClick={onDone}>
            Clear
          </Button>
        </section>
      )}
      {running && (
        <ResultDialog
          {...running}
          onRetry={(failed) => void run(running.action, failed)}
          onClose={() => {
            setRunning(null)
            onDone()
          }}
        />
      )}
    </>
  )
}

function ResultDialog({
  action,
  results,
  onRetry,
  onClose,
}: {
  action: PlainAction
  results: readonly Result[]
  onRetry: (failed: InstanceRow[]) => void
  onClose: () => void
}) {
  const { label } = instanceActionSpecs.find(({ id }) => id === action)!
  const busy = results.some(({ state }) => state === 'waiting')
  const refused = results.filter(({ state }) => state === 'refused')
  const accepted = results.filter(({ state }) => state === 'asked').length
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${label}: ${accepted} of ${results.length} accepted`}
      description={busy ? 'Asking for each of them.' : 'Progress is shown in the list and under Operations.'}
      className="max-w-lg"
      footer={
        <>
          {refused.length > 0 && !busy && (
            <Button onClick={() => onRetry(refused.map(({ row }) => row))}>
              Retry {count(refused.length, 'failed one')}
            </Button>
          )}
          <Button variant="primary" onClick={onClose} reason={busy ? 'It is still asking.' : null}>
            Close
          </Button>
        </>
      }
    >
      <ul aria-label="Result for each instance" className="divide-y divide-line">
        {results.map((result) => (
          <li key={result.row.id} className="py-2">
            <div className="flex items-center justify-between gap-3">
              <span className="truncate text-sm font-medium">{result.row.name}</span>
              <ResultState result={result} />
            </div>
            {result.state === 'skipped' && <p className="text-xs text-muted">{result.reason}</p>}
            {result.state === 'refused' && (
              <p className="break-words text-xs text-bad-text">
                {result.error.message} {result.error.remedy}
                {result.error.requestId && (
                  <span className="block font-mono text-subtle">{result.error.requestId}</span>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function ResultState({ result: { state } }: { result: Result }) {
  if (state === 'waiting') return <StateCell tone="busy" word="Asking" />
  if (state === 'asked') return <StateCell tone="ok" word="Accepted" />
  if (state === 'skipped') return <StateCell tone="idle" word="Skipped" />
  return <StateCell tone="bad" word="Refused" />
}
