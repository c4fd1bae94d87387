'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { FieldError } from '#ui/field.tsx'
import { GroupChecks } from './group-checks.tsx'

type Port = RouterOutputs['network']['ports']['show']

const usePort = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.ports.show.queryOptions({ id }))
}

/** Says which security groups a port is in. It takes effect at once. */
export function PortGroupsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Security groups" query={usePort(of)} onClose={onClose}>
      {(port) => <Form port={port} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ port, onClose }: { port: Port; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft({ ids: port.securityGroups.map(({ id }) => id) })
  const groups = useQuery(trpc.network.securityGroups.list.queryOptions({ limit: 200 })).data?.items ?? []
  const own = groups.filter(({ projectId }) => projectId === port.projectId)
  const foreign = own.length === 0 && groups.length > 0
  const save = useMutation(
    trpc.network.ports.setSecurityGroups.mutationOptions({
      onSuccess: () => {
        toast.success('Security groups changed')
        onClose()
      },
    }),
  )
  const input = { id: port.id, securityGroupIds: draft.ids }
  return (
    <FormPanel
      title="Security groups"
      description={`${port.instanceName ?? (port.name || port.macAddress)}: ${
        port.fixedIps.map(({ ipAddress }) => ipAddress).join(', ') || 'no address'
      }`}
      submit="Save"
      mutation={save}
      fields={['securityGroupIds']}
      reason={
        readOnly ??
        (port.portSecurity ? null : 'Its port security is off: nothing filters it.') ??
        (foreign ? 'It belongs to another project.' : null) ??
        (dirty ? null : 'Nothing has changed.')
      }
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <p className="text-sm text-muted">
            What any of them lets through passes. Connections that are not allowed any more are cut at once.
          </p>
          <GroupChecks groups={own} value={draft.ids} onChange={(ids) => change({ ids })} />
          {errors.securityGroupIds && <FieldError>{errors.securityGroupIds}</FieldError>}
          <ApiCall verb="network.ports.setSecurityGroups" input={input} />
        </>
      )}
    </FormPanel>
  )
}
