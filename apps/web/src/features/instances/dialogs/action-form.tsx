'use client'
import type { InstanceAction } from '@nephos/core/states'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ReactNode, useId } from 'react'
import { toast } from 'sonner'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { fieldErrors, readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { instanceActionSpecs } from '../actions.ts'
import { instanceCache } from '../cache.ts'
import type { Performed } from '../performers.ts'
import type { InstanceRow } from '../row.ts'

type Instances = ReturnType<typeof useTRPCClient>['compute']['instances']

/**
 * The dialog of an action that asks something first: its form, its button, what the cloud refuses beside the field at
 * fault, and the toast when it is accepted.
 */
export function ActionForm({
  action,
  row,
  title,
  description,
  submit,
  fields = [],
  reason = null,
  onClose,
  children,
}: {
  action: InstanceAction
  row: InstanceRow
  title: string
  description?: ReactNode
  submit: (instances: Instances) => Promise<Performed>
  /** Names of the input fields that show their own errors. */
  fields?: readonly string[]
  /** Why it cannot be asked for yet, or null. */
  reason?: string | null
  onClose: () => void
  children: (errors: Record<string, string>) => ReactNode
}) {
  const trpc = useTRPCClient()
  const client = useQueryClient()
  const router = useRouter()
  const form = useId()
  const { label, doing, danger } = instanceActionSpecs.find(({ id }) => id === action)!
  const ask = useMutation({
    mutationFn: () => submit(trpc.compute.instances),
    onSuccess: ({ instance, operationId }) => {
      instanceCache(client).putIfNewer(instance)
      toast(`${doing} ${row.name}`, {
        action: operationId && {
          label: 'Details',
          onClick: () => router.push(paths.operation(operationId)),
        },
      })
      onClose()
    },
  })
  const error = ask.error ? readError(ask.error) : null
  const errors = fieldErrors(error)
  const shown = fields.some((field) => errors[field])
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            form={form}
            type="submit"
            variant={danger ? 'danger' : 'primary'}
            loading={ask.isPending}
            reason={reason}
          >
            {label}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason) ask.mutate()
        }}
        className="flex flex-col gap-3"
      >
        {error && !shown && <ErrorPanel error={error} />}
        {children(errors)}
      </form>
    </Dialog>
  )
}
