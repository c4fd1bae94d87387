'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import type { InstanceDetail } from '#features/instances/row.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Select } from '#ui/select.tsx'
import { instanceGroups, joinReason } from './instance-groups.ts'

const useInstance = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.compute.instances.show.queryOptions({ id }))
}

/** Puts all interfaces of an instance into one more security group. */
export function InstanceSecurityGroupPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Add security group" query={useInstance(of)} onClose={onClose}>
      {(instance) => <Form instance={instance} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ instance, onClose }: { instance: InstanceDetail; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ securityGroupId: '' })
  const groups = useQuery(trpc.network.securityGroups.list.queryOptions({ limit: 200 })).data?.items ?? []
  const there = instanceGroups(instance.ports)
  const own = groups.filter(({ projectId }) => projectId === instance.projectId)
  const kind = own.find(({ id }) => there.some((group) => group.id === id))?.stateful
  const options = own.flatMap((group) => {
    const known = there.find(({ id }) => id === group.id)
    if (known && known.ports >= known.of) return []
    const mixed = kind !== undefined && kind !== group.stateful
    return [
      {
        value: group.id,
        label: group.name,
        note: mixed ? 'Stateful and stateless groups do not go together.' : count(group.ruleCount, 'rule'),
        disabled: mixed,
      },
    ]
  })
  const add = useMutation(
    trpc.compute.instances.addSecurityGroup.mutationOptions({
      onSuccess: ({ ports }) => {
        toast.success(`${count(ports, 'interface')} of ${instance.name} joined`)
        onClose()
      },
    }),
  )
  const input = { id: instance.id, securityGroupId: draft.securityGroupId }
  const open = instance.ports.filter(({ portSecurity }) => !portSecurity).length
  return (
    <FormPanel
      title="Add security group"
      description={instance.name}
      submit="Add security group"
      mutation={add}
      fields={['securityGroupId']}
      reason={
        readOnly ??
        joinReason(instance.ports) ??
        (options.length === 0 ? 'It is in every security group of the project.' : null) ??
        (draft.securityGroupId ? null : 'Choose a group.')
      }
      dirty={dirty}
      onSubmit={() => add.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Security group"
            error={errors.securityGroupId}
            hint="What it lets through passes at once, on all interfaces."
          >
            <Select
              value={draft.securityGroupId || undefined}
              placeholder="Choose a group"
              onChange={(securityGroupId) => change({ securityGroupId })}
              options={options}
            />
          </Field>
          {open > 0 && (
            <p className="text-xs text-warn-text">
              {count(open, 'interface')} without port security {open === 1 ? 'stays' : 'stay'} out: nothing
              filters {open === 1 ? 'it' : 'them'}.
            </p>
          )}
          <ApiCall verb="compute.instances.addSecurityGroup" input={input} />
        </>
      )}
    </FormPanel>
  )
}
