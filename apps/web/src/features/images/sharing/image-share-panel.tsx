'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useKnownProjects } from '#features/rbac-policies/use-known-projects.ts'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { imageReason } from '../actions.ts'
import type { ImageRow } from '../row.ts'
import { useImage, useImageAsker } from '../use-image.ts'

/** Offers an image to another project. */
export function ImageSharePanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Share image" query={useImage(of)} onClose={onClose}>
      {(image) => <Form image={image} onClose={onClose} />}
    </PanelOf>
  )
}

const byId = 'by id'

function Form({ image, onClose }: { image: ImageRow; onClose: () => void }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const asker = useImageAsker()
  const [search, setSearch] = useState('')
  const projects = useKnownProjects(search)
  const [draft, change, dirty] = useDraft({ target: '', typed: '' })
  const projectId = draft.target === byId ? draft.typed.trim() : draft.target
  const input = { id: image.id, projectId, ...(image.visibility === 'private' && { share: true }) }
  const share = useMutation(
    trpc.image.members.add.mutationOptions({
      onSuccess: (member) => {
        const name = projects.find(({ id }) => id === member.projectId)?.name
        toast.success(`${image.name} is offered to ${name ?? 'the project'}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Share image"
      description={image.name}
      submit="Share"
      mutation={share}
      fields={['projectId']}
      reason={imageReason('share', image, asker) ?? (projectId ? null : 'Choose a project.')}
      dirty={dirty}
      onSubmit={() => share.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {isAdmin && (projects.length >= 200 || search) && (
            <Field label="Find project" hint="There are more projects than the list below can hold.">
              <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </Field>
          )}
          <Field label="With" error={draft.target === byId ? undefined : errors.projectId}>
            <Select
              value={draft.target || undefined}
              placeholder="Choose a project"
              onChange={(target) => change({ target })}
              options={[
                ...projects
                  .filter(({ id }) => id !== image.projectId)
                  .map(({ id, name }) => ({ value: id, label: name })),
                { value: byId, label: 'Another project, by its ID' },
              ]}
            />
          </Field>
          {draft.target === byId && (
            <Field
              label="Project ID"
              error={errors.projectId}
              hint="Members of that project see it on the page of each of their images."
            >
              <Input
                value={draft.typed}
                maxLength={64}
                spellCheck={false}
                className="font-mono"
                onChange={(event) => change({ typed: event.target.value })}
              />
            </Field>
          )}
          <p className="text-xs text-muted">
            That project can use the image at once; it is in its list when it accepts the offer. Nobody there
            can change it.
            {image.visibility === 'private' && ` ${image.name} becomes a shared image.`}
          </p>
          <ApiCall verb="image.members.add" input={{ ...input, projectId: projectId || 'PROJECT' }} />
        </>
      )}
    </FormPanel>
  )
}
