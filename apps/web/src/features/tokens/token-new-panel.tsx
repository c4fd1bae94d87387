'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useClientConfig, useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { CodeBlock } from '#ui/code-block.tsx'
import { Field } from '#ui/field.tsx'
import { formatMoment } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { SecretDialog } from '#ui/secret-dialog.tsx'
import { Select } from '#ui/select.tsx'

const day = 86_400
const lifetimes = [
  { value: String(day), label: '1 day' },
  { value: String(7 * day), label: '7 days' },
  { value: String(30 * day), label: '30 days' },
  { value: String(90 * day), label: '90 days' },
  { value: String(365 * day), label: '1 year' },
]

/** Makes a token of one's own for the project one works in; its secret is then shown once. */
export function TokenNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const { project } = useSession()
  const { apiUrl } = useClientConfig()
  const [draft, change, dirty] = useDraft({ name: '', lifetime: String(30 * day) })
  const create = useMutation(
    trpc.identity.tokens.create.mutationOptions({
      onSuccess: () => client.invalidateQueries(trpc.identity.tokens.list.pathFilter()),
    }),
  )
  const name = draft.name.trim()
  if (create.data)
    return (
      <SecretDialog
        title={`Token ${create.data.name}`}
        description={`It acts as you${project ? ` in ${project.name}` : ''} until ${formatMoment(create.data.expiresAt)}. It is shown this once.`}
        secret={create.data.secret}
        what="Token"
        fileName="nephos-token.txt"
        onDone={onClose}
      >
        <CodeBlock
          code={`export NEPHOS_TOKEN=…\ncurl -H "Authorization: Bearer $NEPHOS_TOKEN" ${apiUrl}/trpc/compute.instances.list`}
          label="how to use it"
        />
      </SecretDialog>
    )
  return (
    <FormPanel
      title="Create token"
      description={`For scripts and tools: acts as you${project ? ` in ${project.name}` : ''}.`}
      submit="Create token"
      mutation={create}
      fields={['name', 'expiresInSeconds']}
      reason={!project ? 'Choose a project first: a token acts in one.' : name ? null : 'Give it a name.'}
      dirty={dirty}
      onSubmit={() => create.mutate({ name, expiresInSeconds: Number(draft.lifetime) })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Name"
            error={errors.name}
            hint="What it is for, so that you know which one to revoke."
          >
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              placeholder="terraform"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field label="Ends after" error={errors.expiresInSeconds}>
            <Select
              value={draft.lifetime}
              onChange={(lifetime) => change({ lifetime })}
              options={lifetimes}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}
