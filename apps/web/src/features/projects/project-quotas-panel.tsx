'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { changedLimits, limitText, limitUnit } from '#features/quotas/limits.ts'
import { quotaFormat, quotaLabel } from '#features/quotas/quotas.tsx'
import { type RouterInputs, type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

type Quotas = RouterOutputs['identity']['quotas']['show']
type Limits = RouterInputs['identity']['quotas']['update']['limits']

/** Changes what a project may use. */
export function ProjectQuotasPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.identity.quotas.show.queryOptions({ projectId: of }))
  return (
    <PanelOf title="Quotas" query={query} onClose={onClose}>
      {(quotas) => <Form projectId={of} quotas={quotas} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ projectId, quotas, onClose }: { projectId: string; quotas: Quotas; onClose: () => void }) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const { data: project } = useQuery(trpc.identity.projects.show.queryOptions({ id: projectId }))
  // Those of key pairs belong to users.
  const own = quotas.filter(({ resource }) => resource !== 'key_pairs')
  const [draft, change, dirty] = useDraft<{ texts: Record<string, string>; force: boolean }>({
    texts: Object.fromEntries(own.map(({ resource, limit }) => [resource, limitText(resource, limit)])),
    force: false,
  })
  const { limits, problems } = changedLimits(own, draft.texts)
  const save = useMutation(
    trpc.identity.quotas.update.mutationOptions({
      onSuccess: () => {
        toast.success(`Quotas of ${project?.name ?? 'the project'} saved`)
        void client.invalidateQueries(trpc.identity.quotas.show.pathFilter())
        onClose()
      },
    }),
  )
  const tooLow = save.error ? (readError(save.error).field?.startsWith('limits.') ?? false) : false
  return (
    <FormPanel
      title="Quotas"
      description={`${project ? `${project.name}: what` : 'What'} the project may have at most. -1 is unlimited; an empty field returns to the default.`}
      submit="Save"
      mutation={save}
      fields={['limits']}
      reason={Object.values(problems)[0] ?? (Object.keys(limits).length > 0 ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({ projectId, limits: limits as Limits, ...(draft.force && { force: true }) })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          {own.map(({ resource, used }) => (
            <Field
              key={resource}
              label={[quotaLabel(resource), limitUnit(resource)].filter(Boolean).join(', ')}
              error={problems[resource] ?? errors[`limits.${resource}`]}
              hint={`${quotaFormat(resource, used)} in use`}
            >
              <Input
                value={draft.texts[resource] ?? ''}
                inputMode="decimal"
                placeholder="default"
                className="tabular"
                onChange={(event) => change({ texts: { ...draft.texts, [resource]: event.target.value } })}
              />
            </Field>
          ))}
          {(tooLow || draft.force) && (
            <CheckField
              label="Also below what is in use"
              hint="What exists stays; nothing new is allowed until less is used."
              checked={draft.force}
              onChange={(force) => change({ force })}
            />
          )}
        </>
      )}
    </FormPanel>
  )
}
