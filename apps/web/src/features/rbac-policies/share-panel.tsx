'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import type { NetworkRow } from '#features/networks/row.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { Select } from '#ui/select.tsx'
import { everyProject, type ShareKind, shareKinds, targetName } from './row.ts'
import { useKnownProjects } from './use-known-projects.ts'

const useNetwork = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.networks.show.queryOptions({ id }))
}

/** Gives a network to another project. */
export function NetworkSharePanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Share network" query={useNetwork(of)} onClose={onClose}>
      {(network) => <Form network={network} onClose={onClose} />}
    </PanelOf>
  )
}

const byId = 'by id'

function Form({ network, onClose }: { network: NetworkRow; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const { isAdmin } = useSession()
  const [search, setSearch] = useState('')
  const projects = useKnownProjects(search)
  const [draft, change, dirty] = useDraft({
    action: 'access_as_shared' as ShareKind,
    target: '',
    typed: '',
  })
  const targetProject = draft.target === byId ? draft.typed.trim() : draft.target
  const share = useMutation(
    trpc.network.rbacPolicies.create.mutationOptions({
      onSuccess: (row) => {
        toast.success(
          `${network.name} is shared with ${targetName(row.targetProject, projects) ?? row.targetProject}`,
        )
        onClose()
      },
    }),
  )
  const input = { networkId: network.id, action: draft.action, targetProject }
  const others = projects.filter(({ id }) => id !== network.projectId)
  return (
    <FormPanel
      title="Share network"
      description={network.name}
      submit="Share"
      mutation={share}
      fields={['targetProject', 'action']}
      reason={readOnly ?? (targetProject ? null : 'Choose a project.')}
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
          <Field label="With" error={draft.target === byId ? undefined : errors.targetProject}>
            <Select
              value={draft.target || undefined}
              placeholder="Choose a project"
              onChange={(target) => change({ target })}
              options={[
                ...(isAdmin ? [{ value: everyProject, label: 'Every project' }] : []),
                ...others.map(({ id, name }) => ({ value: id, label: name })),
                { value: byId, label: 'Another project, by its ID' },
              ]}
            />
          </Field>
          {draft.target === byId && (
            <Field
              label="Project ID"
              error={errors.targetProject}
              hint="Members of that project see it on the page of each of their networks."
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
          {isAdmin && (
            <RadioCards
              label="What they may do"
              value={draft.action}
              options={[...shareKinds]}
              onChange={(action) => change({ action: action as ShareKind })}
            />
          )}
          <p className="text-xs text-muted">
            The network stays the property of its project: nobody else changes it, and addresses on it cannot
            be chosen by others.
          </p>
          <ApiCall
            verb="network.rbacPolicies.create"
            input={{ ...input, targetProject: targetProject || 'PROJECT' }}
          />
        </>
      )}
    </FormPanel>
  )
}
