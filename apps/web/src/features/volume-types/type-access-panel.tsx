'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { VolumeTypeRow } from './row.ts'

/** Lets a project use a private volume type. */
export function VolumeTypeAccessPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.volume.types.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Add project" query={query} onClose={onClose}>
      {(type) => <Form type={type} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ type, onClose }: { type: VolumeTypeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [search, setSearch] = useState('')
  const [draft, change, dirty] = useDraft({ projectId: '' })
  const projects = useQuery(
    trpc.identity.projects.list.queryOptions(
      { limit: 50, ...(search.trim() && { search: search.trim() }) },
      { placeholderData: (before) => before },
    ),
  )
  const add = useMutation(
    trpc.volume.types.addAccess.mutationOptions({
      onSuccess: ({ projectName }) => {
        toast.success(`${projectName} can use ${type.name}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Add project"
      description={`That can use the private volume type ${type.name}.`}
      submit="Add project"
      mutation={add}
      fields={['projectId']}
      reason={draft.projectId ? null : 'Choose a project.'}
      dirty={dirty}
      onSubmit={() => add.mutate({ id: type.id, projectId: draft.projectId })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {(projects.data?.nextCursor || search) && (
            <Field label="Find project" hint="There are more projects than the list below can hold.">
              <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </Field>
          )}
          <Field label="Project" error={errors.projectId}>
            <Select
              value={draft.projectId || undefined}
              placeholder="Choose a project"
              onChange={(projectId) => change({ projectId })}
              options={(projects.data?.items ?? []).map((project) => ({
                value: project.id,
                label: project.name,
                note: project.domainName,
              }))}
            />
          </Field>
          <ApiCall
            verb="volume.types.addAccess"
            input={{ id: type.id, projectId: draft.projectId || 'PROJECT' }}
          />
        </>
      )}
    </FormPanel>
  )
}
