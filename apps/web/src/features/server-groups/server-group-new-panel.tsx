'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field, FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { policies, type ServerGroupRow } from './row.ts'

interface Draft {
  name: string
  policy: ServerGroupRow['policy']
  maxPerHost: string
}

/** Makes a group; instances join it when they are created. */
export function ServerGroupNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft<Draft>({ name: '', policy: 'anti-affinity', maxPerHost: '1' })
  const create = useMutation(
    trpc.compute.serverGroups.create.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`${name} created`)
        onClose()
      },
    }),
  )
  const name = draft.name.trim()
  const input = {
    name,
    policy: draft.policy,
    ...(draft.policy === 'anti-affinity' && { maxPerHost: Number(draft.maxPerHost) }),
  }
  return (
    <FormPanel
      title="Create server group"
      description="Its policy stays as it is. Instances join when they are created."
      submit="Create server group"
      mutation={create}
      fields={['name', 'policy', 'maxPerHost']}
      reason={readOnly ?? (name ? null : 'Give it a name.')}
      dirty={dirty}
      onSubmit={() => create.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              placeholder="database"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <fieldset>
            <legend className="mb-1.5 text-[13px] font-medium">Members run</legend>
            <RadioCards
              label="Policy"
              value={draft.policy}
              options={policies}
              onChange={(policy) => change({ policy })}
              invalid={Boolean(errors.policy)}
            />
            {errors.policy && <FieldError>{errors.policy}</FieldError>}
          </fieldset>
          {draft.policy === 'anti-affinity' && (
            <Field
              label="Most members on a host"
              error={errors.maxPerHost}
              hint="1: every member has a host of its own."
            >
              <Input
                type="number"
                min={1}
                max={1000}
                value={draft.maxPerHost}
                className="tabular"
                onChange={(event) => change({ maxPerHost: event.target.value })}
              />
            </Field>
          )}
          <ApiCall verb="compute.serverGroups.create" input={{ ...input, name: name || 'database' }} />
        </>
      )}
    </FormPanel>
  )
}
