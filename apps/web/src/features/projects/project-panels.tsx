'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { DomainField } from '#features/users/domain-field.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import type { ProjectRow } from './row.ts'

/** Makes a project. */
export function ProjectNewPanel({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const [draft, change, dirty] = useDraft({ name: '', description: '', domainId: 'default' })
  const create = useMutation(
    trpc.identity.projects.create.mutationOptions({
      onSuccess: (project) => {
        toast.success(`${project.name} created`)
        router.push(paths.admin.project(project.id))
      },
    }),
  )
  const input = { ...draft, name: draft.name.trim(), description: draft.description.trim() }
  return (
    <FormPanel
      title="Create project"
      description="It starts with the default quotas and without members."
      submit="Create project"
      mutation={create}
      fields={['name', 'description', 'domainId']}
      reason={input.name ? null : 'Give it a name.'}
      dirty={dirty}
      onSubmit={() => create.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <NameAndDescription draft={draft} errors={errors} onChange={change} />
          <DomainField
            value={draft.domainId}
            error={errors.domainId}
            onChange={(domainId) => change({ domainId })}
          />
          <ApiCall verb="identity.projects.create" input={input} />
        </>
      )}
    </FormPanel>
  )
}

function NameAndDescription({
  draft,
  errors,
  onChange,
}: {
  draft: { name: string; description: string }
  errors: Record<string, string>
  onChange: (patch: { name?: string; description?: string }) => void
}) {
  return (
    <>
      <Field label="Name" error={errors.name}>
        <Input
          value={draft.name}
          maxLength={255}
          autoFocus
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <Field label="Description" optional error={errors.description}>
        <Textarea
          value={draft.description}
          maxLength={1000}
          className="min-h-16"
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </Field>
    </>
  )
}

/** Renames and describes a project. */
export function ProjectEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.identity.projects.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Edit project" query={query} onClose={onClose}>
      {(project) => <EditForm project={project} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ project, onClose }: { project: ProjectRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: project.name, description: project.description })
  const save = useMutation(
    trpc.identity.projects.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit project"
      description={project.name}
      submit="Save"
      mutation={save}
      fields={['name', 'description']}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({ id: project.id, name: draft.name.trim(), description: draft.description.trim() })
      }
      onClose={onClose}
    >
      {(errors) => <NameAndDescription draft={draft} errors={errors} onChange={change} />}
    </FormPanel>
  )
}
