'use client'
import { type ReactNode, useId } from 'react'
import { ApiCall } from '#features/forms/api-call.tsx'
import { formErrors } from '#features/forms/form-errors.ts'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import type { RouterInputs } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ImageFields } from './image-fields.tsx'
import type { NewImageDraft } from './new-image-preset.ts'
import { PropertyFields } from './property-fields.tsx'

/** The form of a new image, wherever its file comes from. */
export function NewImageForm({
  title,
  source,
  draft,
  suggested,
  input,
  submit,
  mutation,
  dirty,
  reason,
  note,
  onChange,
  onSubmit,
}: {
  /** Of the part that says where its file comes from. */
  title: string
  source: (errors: Record<string, string>) => ReactNode
  draft: NewImageDraft
  /** The name when none is given. */
  suggested: string
  input: RouterInputs['image']['images']['create']
  submit: string
  mutation: { error: unknown; isPending: boolean; isSuccess: boolean }
  dirty: boolean
  reason: string | null
  /** What happens next. */
  note: string
  onChange: (patch: Partial<NewImageDraft>) => void
  onSubmit: () => void
}) {
  const formId = useId()
  const readOnly = useWhyReadOnly()
  const { isAdmin } = useSession()
  useUnsavedGuard(dirty && !mutation.isPending && !mutation.isSuccess)
  const { at, rest, hint } = formErrors(mutation.error, Object.keys(input))
  const why = readOnly ?? reason
  return (
    <form
      id={formId}
      noValidate
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]"
      onSubmit={(event) => {
        event.preventDefault()
        if (!why && !mutation.isPending) onSubmit()
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <Card title={title}>
          <div className="flex flex-col gap-4">{source(at)}</div>
        </Card>
        <Card>
          <Field label="Name" error={at.name}>
            <Input
              value={draft.name}
              placeholder={suggested || 'debian-12'}
              maxLength={255}
              spellCheck={false}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          </Field>
        </Card>
        <Card>
          <PropertyFields
            lines={draft.properties}
            errors={at}
            onChange={(properties) => onChange({ properties })}
          />
        </Card>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Use">
          <div className="flex flex-col gap-4">
            <ImageFields draft={draft} errors={at} isAdmin={isAdmin} onChange={onChange} />
            {hint && <p className="text-xs text-warn-text">{hint}</p>}
            {rest && <ErrorPanel error={rest} />}
            <Button
              type="submit"
              variant="primary"
              className="w-full"
              loading={mutation.isPending}
              reason={why}
            >
              {submit}
            </Button>
            <p className="text-xs text-subtle">{note}</p>
            <ApiCall verb="image.images.create" input={input} />
          </div>
        </Card>
      </div>
    </form>
  )
}
