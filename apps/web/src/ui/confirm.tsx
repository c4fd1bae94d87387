'use client'
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { Input } from './input.tsx'

/** What is asked before something that cannot be taken back. */
export interface Question {
  title: string
  /** What happens, in a sentence. */
  consequence: ReactNode
  /** Names of everything it happens to. */
  names: readonly string[]
  /** "instance": for counting. */
  noun: string
  /** The button: "Delete". */
  verb: string
  /** More than this many names and the number must be typed. Default 5. */
  typeAbove?: number
}

const ConfirmContext = createContext<((question: Question) => Promise<boolean>) | null>(null)

/** Put once around the application. */
export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null)
  const [open, setOpen] = useState(false)
  const answer = useRef<(yes: boolean) => void>(undefined)
  const ask = useCallback((next: Question) => {
    answer.current?.(false)
    setQuestion(next)
    setOpen(true)
    return new Promise<boolean>((resolve) => {
      answer.current = resolve
    })
  }, [])
  const close = (yes: boolean) => {
    setOpen(false)
    answer.current?.(yes)
    answer.current = undefined
  }
  return (
    <ConfirmContext value={ask}>
      {children}
      {question && <ConfirmDialog key={question.title} question={question} open={open} onAnswer={close} />}
    </ConfirmContext>
  )
}

/** `if (await confirm({ … }))`: the more it would destroy, the more it asks. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  const ask = useContext(ConfirmContext)
  if (!ask) throw new Error('useConfirm needs a ConfirmProvider')
  return ask
}

function ConfirmDialog({
  question,
  open,
  onAnswer,
}: {
  question: Question
  open: boolean
  onAnswer: (yes: boolean) => void
}) {
  const { title, consequence, names, noun, verb, typeAbove = 5 } = question
  const [typed, setTyped] = useState('')
  const many = names.length > typeAbove
  const ready = !many || typed.trim() === String(names.length)
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onAnswer(false)}
      title={title}
      footer={
        <>
          <Button onClick={() => onAnswer(false)}>Keep</Button>
          <Button
            form="confirm"
            type="submit"
            variant="danger"
            reason={ready ? null : `Type ${names.length} to confirm.`}
          >
            {verb}
          </Button>
        </>
      }
    >
      <form
        id="confirm"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onAnswer(true)
        }}
        className="flex flex-col gap-3 text-sm"
      >
        {names.length === 1 ? (
          <p className="break-words">
            <strong className="font-semibold">{names[0]}</strong>{' '}
            <span className="text-muted">{consequence}</span>
          </p>
        ) : (
          <>
            <p className="text-muted">{consequence}</p>
            <ul className="scroll-thin max-h-52 overflow-y-auto rounded-md border border-line bg-raised px-3 py-2">
              {names.map((name, index) => (
                // Two resources may have the same name.
                <li key={`${name}-${index}`} className="truncate py-0.5 font-medium">
                  {name}
                </li>
              ))}
            </ul>
          </>
        )}
        {many && (
          <Field label={`Type ${names.length}, the number of ${noun}s, to confirm`}>
            <Input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              inputMode="numeric"
              autoFocus
            />
          </Field>
        )}
      </form>
    </Dialog>
  )
}
