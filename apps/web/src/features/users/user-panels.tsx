'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { DomainField } from './domain-field.tsx'
import type { UserRow } from './row.ts'

interface Person {
  name: string
  email: string
  description: string
}

function PersonFields({
  draft,
  errors,
  onChange,
}: {
  draft: Person
  errors: Record<string, string>
  onChange: (patch: Partial<Person>) => void
}) {
  return (
    <>
      <Field label="Name" error={errors.name} hint="For signing in.">
        <Input
          value={draft.name}
          maxLength={255}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field label="E-mail" optional error={errors.email}>
        <Input
          type="email"
          value={draft.email}
          autoComplete="off"
          onChange={(event) => onChange({ email: event.target.value })}
        />
      </Field>
      <DescriptionField
        value={draft.description}
        error={errors.description}
        maxLength={1000}
        onChange={(description) => onChange({ description })}
      />
    </>
  )
}

const person = (draft: Person) => ({
  name: draft.name.trim(),
  email: draft.email.trim() || null,
  description: draft.description.trim(),
})

/** Makes a user. */
export function UserNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const [draft, change, dirty] = useDraft({
    name: '',
    email: '',
    description: '',
    password: '',
    domainId: 'default',
    enabled: true,
  })
  const create = useMutation(
    trpc.identity.users.create.mutationOptions({
      onSuccess: (user) => {
        toast.success(`${user.name} created`, {
          description: 'Grant a role, so that this user can do something.',
        })
        router.push(paths.admin.user(user.id))
      },
    }),
  )
  return (
    <FormPanel
      title="Create user"
      description="Who may do nothing until a role is granted."
      submit="Create user"
      mutation={create}
      fields={['name', 'email', 'description', 'password', 'domainId', 'enabled']}
      reason={draft.name.trim() ? null : 'Give it a name.'}
      dirty={dirty}
      onSubmit={() =>
        create.mutate({
          ...person(draft),
          domainId: draft.domainId,
          enabled: draft.enabled,
          ...(draft.password && { password: draft.password }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <PersonFields draft={draft} errors={errors} onChange={change} />
          <Field
            label="Password"
            optional
            error={errors.password}
            hint="At least 8 characters. Without one nobody can sign in as this user."
          >
            <Input
              type="password"
              autoComplete="new-password"
              value={draft.password}
              onChange={(event) => change({ password: event.target.value })}
            />
          </Field>
          <DomainField
            value={draft.domainId}
            error={errors.domainId}
            onChange={(domainId) => change({ domainId })}
          />
          <CheckField
            label="Enabled"
            hint="A disabled user cannot sign in."
            checked={draft.enabled}
            onChange={(enabled) => change({ enabled })}
          />
        </>
      )}
    </FormPanel>
  )
}

interface OfUser {
  of: string
  onClose: () => void
}

const useUser = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.identity.users.show.queryOptions({ id }))
}

/** Changes who a user is. */
export function UserEditPanel({ of, onClose }: OfUser) {
  return (
    <PanelOf title="Edit user" query={useUser(of)} onClose={onClose}>
      {(user) => <EditForm user={user} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ user, onClose }: { user: UserRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({
    name: user.name,
    email: user.email ?? '',
    description: user.description,
  })
  const save = useMutation(
    trpc.identity.users.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit user"
      description={user.name}
      submit="Save"
      mutation={save}
      fields={['name', 'email', 'description']}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: user.id, ...person(draft) })}
      onClose={onClose}
    >
      {(errors) => <PersonFields draft={draft} errors={errors} onChange={change} />}
    </FormPanel>
  )
}

/** Sets the password of a user. */
export function UserPasswordPanel({ of, onClose }: OfUser) {
  return (
    <PanelOf title="Set password" query={useUser(of)} onClose={onClose}>
      {(user) => <PasswordForm user={user} onClose={onClose} />}
    </PanelOf>
  )
}

function PasswordForm({ user, onClose }: { user: UserRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ password: '', again: '' })
  const save = useMutation(
    trpc.identity.users.setPassword.mutationOptions({
      onSuccess: () => {
        toast.success(`Password of ${user.name} set`)
        onClose()
      },
    }),
  )
  const differs = draft.again !== '' && draft.again !== draft.password
  return (
    <FormPanel
      title="Set password"
      description={`${user.name} is signed out everywhere, and tokens end.`}
      submit="Set password"
      mutation={save}
      fields={['password']}
      reason={
        !draft.password || !draft.again
          ? 'Type the password twice.'
          : differs
            ? 'The two are not the same.'
            : null
      }
      dirty={dirty}
      onSubmit={() => save.mutate({ id: user.id, password: draft.password })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="New password" error={errors.password} hint="At least 8 characters.">
            <Input
              type="password"
              autoComplete="new-password"
              autoFocus
              value={draft.password}
              onChange={(event) => change({ password: event.target.value })}
            />
          </Field>
          <Field label="New password again" error={differs ? 'The two are not the same.' : null}>
            <Input
              type="password"
              autoComplete="new-password"
              value={draft.again}
              onChange={(event) => change({ again: event.target.value })}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}
