'use client'
import { Check, CircleDashed, Undo2, X } from 'lucide-react'
import { cn } from '#ui/cn.ts'
import { Spinner } from '#ui/spinner.tsx'
import { Elapsed } from '#ui/time.tsx'
import { type OperationDetail, stepTitle } from './row.ts'

type Step = OperationDetail['steps'][number]

const words: Record<Step['status'], string> = {
  pending: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  undone: 'taken back',
  undo_failed: 'could not be taken back',
}

function StepIcon({ status }: { status: Step['status'] }) {
  const ring = 'flex size-5 items-center justify-center rounded-full [&_svg]:size-3'
  if (status === 'running')
    return (
      <span className={cn(ring, 'bg-warn-soft text-warn-text')}>
        <Spinner />
      </span>
    )
  if (status === 'done')
    return (
      <span className={cn(ring, 'bg-ok-soft text-ok-text')}>
        <Check aria-hidden="true" />
      </span>
    )
  if (status === 'failed' || status === 'undo_failed')
    return (
      <span className={cn(ring, 'bg-bad-soft text-bad-text')}>
        <X aria-hidden="true" />
      </span>
    )
  if (status === 'undone')
    return (
      <span className={cn(ring, 'bg-idle-soft text-muted')}>
        <Undo2 aria-hidden="true" />
      </span>
    )
  return (
    <span className={cn(ring, 'text-subtle')}>
      <CircleDashed aria-hidden="true" />
    </span>
  )
}

/** The steps of an operation in order, each with its host, how long it took and why it failed. */
export function OperationSteps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="text-sm text-muted">No step has begun yet.</p>
  return (
    <ol aria-label="Steps" className="flex flex-col">
      {steps.map((step, index) => (
        <li key={step.position} className="relative flex gap-3 pb-3 last:pb-0">
          {index < steps.length - 1 && (
            <span aria-hidden="true" className="absolute bottom-0 left-[9.5px] top-5 w-px bg-line" />
          )}
          <StepIcon status={step.status} />
          <div className="min-w-0 flex-1">
            <div className="flex items-baseline justify-between gap-3 text-sm">
              <span className={cn('truncate', step.status === 'pending' && 'text-subtle')}>
                {stepTitle(step.name)}
                <span className="sr-only">, {words[step.status]}</span>
                {step.attempt > 1 && <span className="ml-2 text-xs text-subtle">attempt {step.attempt}</span>}
              </span>
              <span className="flex shrink-0 gap-3 text-xs text-subtle">
                {step.host && <span className="max-sm:hidden">{step.host}</span>}
                <span className="min-w-14 text-right">
                  {step.startedAt ? <Elapsed from={step.startedAt} to={step.endedAt} /> : words[step.status]}
                </span>
              </span>
            </div>
            {step.errorMessage && (
              <p className="mt-0.5 break-words text-xs text-bad-text">{step.errorMessage}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
