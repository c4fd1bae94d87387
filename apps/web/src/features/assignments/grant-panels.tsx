'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type RoleValue, roleOptions } from './row.ts'

interface Props {
  of: string
  onClose: () => void
}

function useGrant(onClose: () => void) {
  const trpc = useTRPC()
  return useMutation(
    trpc.identity.assignments.grant.mutationOptions({
      onSuccess: (row) => {
        toast.success(
          `${row.userName} is ${row.role} on ${row.targetType === 'system' ? 'the cloud' : row.targetName}`,
        )
        onClose()
      },
    }),
  )
}

function RoleField({
  value,
  error,
  onChange,
}: {
  value: RoleValue
  error?: string
  onChange: (role: RoleValue) => void
}) {
  return (
    <Field label="Role" error={error} hint={roleOptions.find((option) => option.value === value)?.note}>
      <Select value={value} onChange={(role) => onChange(role as RoleValue)} options={roleOptions} />
    </Field>
  )
}

/** Grants a user a role on a project. */
export function ProjectGrantPanel({ of, onClose }: Props) {
  const trpc = useTRPC()
  const query = useQuery(trpc.identity.projects.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Grant role" query={query} onClose={onClose}>
      {(project) => <OnProject project={project} onClose={onClose} />}
    </PanelOf>
  )
}

function OnProject({ project, onClose }: { project: { id: string; name: string }; onClose: () => void }) {
  const trpc = useTRPC()
  const [search, setSearch] = useState('')
  const [draft, change, dirty] = useDraft<{ userId: string; role: RoleValue }>({ userId: '', role: 'member' })
  const users = useQuery(
    trpc.identity.users.list.queryOptions(
      { limit: 50, ...(search.trim() && { search: search.trim() }) },
      { placeholderData: (before) => before },
    ),
  )
  const grant = useGrant(onClose)
  return (
    <FormPanel
      title="Grant role"
      description={`On the project ${project.name}.`}
      submit="Grant role"
      mutation={grant}
      fields={['userId', 'role']}
      reason={draft.userId ? null : 'Choose a user.'}
      dirty={dirty}
      onSubmit={() =>
        grant.mutate({ userId: draft.userId, role: draft.role, target: { type: 'project', id: project.id } })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          {(users.data?.nextCursor || search) && (
            <Field label="Find user" hint="There are more users than the list below can hold.">
              <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </Field>
          )}
          <Field label="User" error={errors.userId}>
            <Select
              value={draft.userId || undefined}
              placeholder="Choose a user"
              onChange={(userId) => change({ userId })}
              options={(users.data?.items ?? []).map((user) => ({
                value: user.id,
                label: user.name,
                note: user.email ?? user.domainName,
              }))}
            />
          </Field>
          <RoleField value={draft.role} error={errors.role} onChange={(role) => change({ role })} />
        </>
      )}
    </FormPanel>
  )
}

/** Grants one user a role on a project or on the whole cloud. */
export function UserGrantPanel({ of, onClose }: Props) {
  const trpc = useTRPC()
  const query = useQuery(trpc.identity.users.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Grant role" query={query} onClose={onClose}>
      {(user) => <ToUser user={user} onClose={onClose} />}
    </PanelOf>
  )
}

const wholeCloud = 'system'

function ToUser({ user, onClose }: { user: { id: string; name: string }; onClose: () => void }) {
  const trpc = useTRPC()
  const [search, setSearch] = useState('')
  const [draft, change, dirty] = useDraft<{ target: string; role: RoleValue }>({ target: '', role: 'member' })
  const projects = useQuery(
    trpc.identity.projects.list.queryOptions(
      { limit: 50, ...(search.trim() && { search: search.trim() }) },
      { placeholderData: (before) => before },
    ),
  )
  const grant = useGrant(onClose)
  const { target, role } = draft
  return (
    <FormPanel
      title="Grant role"
      description={`To ${user.name}.`}
      submit="Grant role"
      mutation={grant}
      fields={['target', 'role']}
      reason={target ? null : 'Choose where.'}
      dirty={dirty}
      onSubmit={() =>
        grant.mutate({
          userId: user.id,
          role,
          target: target === wholeCloud ? { type: 'system' } : { type: 'project', id: target },
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          {(projects.data?.nextCursor || search) && (
            <Field label="Find project" hint="There are more projects than the list below can hold.">
              <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </Field>
          )}
          <Field label="On" error={errors.target ?? errors['target.id']}>
            <Select
              value={target || undefined}
              placeholder="Choose a project or the whole cloud"
              onChange={(next) => change({ target: next })}
              options={[
                {
                  value: wholeCloud,
                  label: 'The whole cloud',
                  note: 'Every project, and the administration.',
                },
                ...(projects.data?.items ?? []).map((project) => ({
                  value: project.id,
                  label: project.name,
                  note: project.domainName,
                })),
              ]}
            />
          </Field>
          <RoleField value={role} error={errors.role} onChange={(next) => change({ role: next })} />
        </>
      )}
    </FormPanel>
  )
}
