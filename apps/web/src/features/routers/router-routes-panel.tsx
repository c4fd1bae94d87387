'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Textarea } from '#ui/input.tsx'
import { type FormProps, type PanelProps, useRouterQuery } from './router-form.ts'
import { readRoutes, writeRoutes } from './routes-text.ts'
import { routerName } from './row.ts'

/** Changes the static routes of a router, all of them at once. */
export function RouterRoutesPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Static routes" query={useRouterQuery(of)} onClose={onClose}>
      {(router) => <RoutesForm router={router} onClose={onClose} />}
    </PanelOf>
  )
}

function RoutesForm({ router, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ text: writeRoutes(router.routes) })
  const { routes, problem } = readRoutes(draft.text)
  const save = useMutation(
    trpc.network.routers.update.mutationOptions({
      onSuccess: (row) => {
        toast.success(`Routes of ${routerName(row)} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Static routes"
      description={routerName(router)}
      submit="Save"
      mutation={save}
      fields={['routes']}
      reason={problem ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: router.id, routes })}
      onClose={onClose}
    >
      {(errors) => (
        <Field
          label="Routes"
          optional
          error={errorBelow(errors, 'routes') ?? problem}
          hint="One a line: a range, and the next router on the way, which is on a subnet of this one."
        >
          <Textarea
            value={draft.text}
            placeholder="192.168.0.0/16 10.0.0.9"
            onChange={(event) => change({ text: event.target.value })}
            className="min-h-32 font-mono text-xs"
            spellCheck={false}
          />
        </Field>
      )}
    </FormPanel>
  )
}
