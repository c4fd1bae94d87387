'use client'
import { type ReactNode, useId } from 'react'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { Button } from '#ui/button.tsx'
import { SidePanel } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { type FormErrors, formErrors } from './form-errors.ts'

/** A small form at the side, while the page stays. Its refusals are shown beside their fields. */
export function FormPanel({
  title,
  description,
  submit,
  danger,
  mutation,
  fields,
  reason,
  dirty,
  onSubmit,
  onClose,
  children,
}: {
  title: string
  description?: ReactNode
  /** The button: "Save". */
  submit: string
  danger?: boolean
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  /** Names of the fields that show their own errors. */
  fields: readonly string[]
  /** Why it cannot be submitted now. */
  reason?: string | null
  dirty: boolean
  onSubmit: () => void
  onClose: () => void
  children: (errors: FormErrors['at']) => ReactNode
}) {
  const id = useId()
  const release = useUnsavedGuard(dirty && !mutation.isSuccess)
  const { at, rest, hint } = formErrors(mutation.error, fields)
  const leave = () => {
    if (dirty && !mutation.isSuccess && !window.confirm('Leave without saving what you entered?')) return
    release()
    onClose()
  }
  return (
    <SidePanel
      open
      onOpenChange={(open) => !open && leave()}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={leave}>Cancel</Button>
          <Button
            form={id}
            type="submit"
            variant={danger ? 'danger' : 'primary'}
            loading={mutation.isPending}
            reason={reason}
          >
            {submit}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        className="flex flex-col gap-4 p-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason && !mutation.isPending) onSubmit()
        }}
      >
        {children(at)}
        {hint && <p className="text-xs text-warn-text">{hint}</p>}
        {rest && <ErrorPanel error={rest} />}
      </form>
    </SidePanel>
  )
}
