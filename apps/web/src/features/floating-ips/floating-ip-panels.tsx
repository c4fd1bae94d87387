'use client'
import { versionOf } from '@nephos/core/ip'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { FloatingIpRow } from './row.ts'
import { readTarget, TargetField } from './target-field.tsx'

interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  row: FloatingIpRow
  onClose: () => void
}

const useFloatingIp = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.floatingIps.show.queryOptions({ id }))
}
const useExternals = () => {
  const trpc = useTRPC()
  return useQuery(trpc.network.networks.list.queryOptions({ external: true, limit: 200 })).data?.items
}
const noExternal = 'There is no external network; an administrator makes them.'

/** Takes an address of an external network. */
export function FloatingIpNewPanel({ onClose }: PanelProps) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const externals = useExternals()
  const [draft, change, dirty] = useDraft<{ network?: string; address: string; description: string }>({
    address: '',
    description: '',
  })
  const network = draft.network ?? externals?.[0]?.id
  const create = useMutation(
    trpc.network.floatingIps.create.mutationOptions({
      onSuccess: (row) => {
        toast.success(`${row.address} allocated`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Allocate floating IP"
      submit="Allocate"
      mutation={create}
      fields={['networkId', 'address', 'description']}
      reason={externals?.length === 0 ? noExternal : network ? null : 'Choose an external network.'}
      dirty={dirty}
      onSubmit={() =>
        network &&
        create.mutate({
          networkId: network,
          ...(draft.address.trim() && { address: draft.address.trim() }),
          ...(draft.description.trim() && { description: draft.description.trim() }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="External network"
            error={errors.networkId}
            hint={externals?.length === 0 ? noExternal : undefined}
          >
            <Select
              value={network}
              placeholder="Choose an external network"
              onChange={(value) => change({ network: value })}
              options={(externals ?? []).map((one) => ({
                value: one.id,
                label: one.name,
                note: one.subnets
                  .map(({ cidr, used, total }) => `${cidr}: ${Math.max(0, total - used)} free`)
                  .join(', '),
              }))}
            />
          </Field>
          {isAdmin && (
            <Field label="Address" optional error={errors.address} hint="Left out, a free one is taken.">
              <Input
                value={draft.address}
                spellCheck={false}
                className="font-mono"
                onChange={(event) => change({ address: event.target.value })}
              />
            </Field>
          )}
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
        </>
      )}
    </FormPanel>
  )
}

/** Describes a floating IP. */
export function FloatingIpEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit description" query={useFloatingIp(of)} onClose={onClose}>
      {(row) => <EditForm row={row} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ row, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ description: row.description })
  const save = useMutation(
    trpc.network.floatingIps.update.mutationOptions({
      onSuccess: () => {
        toast.success(`${row.address} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit description"
      description={row.address}
      submit="Save"
      mutation={save}
      fields={['description']}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: row.id, description: draft.description.trim() })}
      onClose={onClose}
    >
      {(errors) => (
        <DescriptionField
          value={draft.description}
          error={errors.description}
          onChange={(description) => change({ description })}
        />
      )}
    </FormPanel>
  )
}

/** Leads a floating IP to an instance, or to another one. */
export function FloatingIpAssociatePanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Associate floating IP" query={useFloatingIp(of)} onClose={onClose}>
      {(row) => <AssociateForm row={row} onClose={onClose} />}
    </PanelOf>
  )
}

function AssociateForm({ row, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft<{ target?: string }>({})
  const associate = useMutation(
    trpc.network.floatingIps.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.address} leads to ${saved.instanceName ?? saved.fixedIpAddress}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title={row.portId ? 'Move floating IP' : 'Associate floating IP'}
      description={
        row.fixedIpAddress
          ? `${row.address}, which leads to ${row.instanceName ?? row.fixedIpAddress} now`
          : row.address
      }
      submit={row.portId ? 'Move' : 'Associate'}
      mutation={associate}
      fields={['portId', 'fixedIpAddress']}
      reason={draft.target ? null : 'Choose an address of an instance.'}
      dirty={dirty}
      onSubmit={() => {
        if (!draft.target) return
        const { portId, ip } = readTarget(draft.target)
        associate.mutate({ id: row.id, portId, fixedIpAddress: ip })
      }}
      onClose={onClose}
    >
      {(errors) => (
        <TargetField
          external={{ id: row.networkId, name: row.networkName }}
          value={draft.target}
          onChange={(target) => change({ target })}
          error={errors.portId ?? errors.fixedIpAddress}
        />
      )}
    </FormPanel>
  )
}

const another = 'new'

/** Gives an instance a floating IP: a free one of the project, or a new one. */
export function InstanceFloatingIpPanel({ of, onClose }: PanelProps) {
  const trpc = useTRPC()
  const { network: api } = useTRPCClient()
  const instance = useQuery(trpc.compute.instances.show.queryOptions({ id: of })).data
  const externals = useExternals()
  const known = useQuery(trpc.network.floatingIps.list.queryOptions({ limit: 200 })).data?.items ?? []
  const free = known.filter(({ portId, forwardings }) => portId === null && forwardings.length === 0)
  const [draft, change, dirty] = useDraft<{ floatingIp?: string; target?: string }>({})
  const choice = draft.floatingIp ?? free[0]?.id ?? (externals?.[0] && `${another} ${externals[0].id}`)
  const picked = free.find(({ id }) => id === choice)
  const externalId = picked?.networkId ?? choice?.split(' ')[1]
  const external = externals?.find(({ id }) => id === externalId)
  const addresses = (instance?.addresses ?? []).filter(({ ip }) => versionOf(ip) === 4)
  const only = addresses.length === 1 ? `${addresses[0]!.portId} ${addresses[0]!.ip}` : undefined
  const target = draft.target ?? only
  const associate = useMutation({
    mutationFn: async ({ portId, ip }: { portId: string; ip: string }) =>
      picked
        ? api.floatingIps.update.mutate({ id: picked.id, portId, fixedIpAddress: ip })
        : api.floatingIps.create.mutate({ networkId: externalId!, portId, fixedIpAddress: ip }),
    onSuccess: (row) => {
      toast.success(`${row.address} leads to ${instance?.name}`)
      onClose()
    },
  })
  return (
    <FormPanel
      title="Associate floating IP"
      description={instance?.name}
      submit="Associate"
      mutation={associate}
      fields={['portId', 'fixedIpAddress', 'networkId']}
      reason={
        externals?.length === 0
          ? noExternal
          : !choice
            ? 'Choose a floating IP.'
            : instance && addresses.length === 0
              ? 'The instance has no IPv4 address.'
              : target
                ? null
                : 'Choose an address of the instance.'
      }
      dirty={dirty}
      onSubmit={() => target && associate.mutate(readTarget(target))}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Floating IP" error={errors.networkId}>
            <Select
              value={choice}
              placeholder="Choose a floating IP"
              onChange={(floatingIp) => change({ floatingIp })}
              options={[
                ...free.map((row) => ({
                  value: row.id,
                  label: row.address,
                  note: `free, of ${row.networkName}`,
                })),
                ...(externals ?? []).map((one) => ({
                  value: `${another} ${one.id}`,
                  label: `A new one of ${one.name}`,
                })),
              ]}
            />
          </Field>
          <TargetField
            external={external}
            value={target}
            onChange={(value) => change({ target: value })}
            error={errors.portId ?? errors.fixedIpAddress}
            instanceId={of}
          />
        </>
      )}
    </FormPanel>
  )
}
