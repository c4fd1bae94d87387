'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { NetworkRow } from './row.ts'
import { emptySubnet, SubnetFields, subnetInput } from './subnet-fields.tsx'
import { freeRange } from './subnet-help.ts'

interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  network: NetworkRow
  onClose: () => void
}

const useNetwork = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.network.networks.show.queryOptions({ id }))
}

/** Renames and describes a network. */
export function NetworkEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit network" query={useNetwork(of)} onClose={onClose}>
      {(network) => <EditForm network={network} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ network, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: network.name, description: network.description })
  const save = useMutation(
    trpc.network.networks.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${saved.name} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit network"
      description={network.name}
      submit="Save"
      mutation={save}
      fields={['name', 'description']}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({ id: network.id, name: draft.name.trim(), description: draft.description.trim() })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field label="Description" optional error={errors.description}>
            <Input
              value={draft.description}
              maxLength={255}
              onChange={(event) => change({ description: event.target.value })}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}

/** Adds a range of addresses to a network. */
export function SubnetNewPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Add subnet" query={useNetwork(of)} onClose={onClose}>
      {(network) => <SubnetForm network={network} onClose={onClose} />}
    </PanelOf>
  )
}

function SubnetForm({ network, onClose }: FormProps) {
  const trpc = useTRPC()
  const siblings = network.subnets.map(({ cidr }) => cidr)
  const [draft, change, dirty] = useDraft(emptySubnet(freeRange(siblings)))
  const { input, problem } = subnetInput(draft, siblings)
  const create = useMutation(
    trpc.network.subnets.create.mutationOptions({
      onSuccess: (subnet) => {
        toast.success(`Subnet ${subnet.cidr} added`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Add subnet"
      description={network.name}
      submit="Add subnet"
      mutation={create}
      fields={['name', 'cidr', 'gatewayIp', 'dnsServers', 'pools']}
      reason={problem}
      dirty={dirty}
      onSubmit={() => create.mutate({ networkId: network.id, ...input })}
      onClose={onClose}
    >
      {(errors) => <SubnetFields draft={draft} errors={errors} siblings={siblings} onChange={change} />}
    </FormPanel>
  )
}

/** Makes a port that keeps an address for later. */
export function PortNewPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Create port" query={useNetwork(of)} onClose={onClose}>
      {(network) => <PortForm network={network} onClose={onClose} />}
    </PanelOf>
  )
}

const anySubnet = 'any'
const noAddress = 'none'

function PortForm({ network, onClose }: FormProps) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft({ name: '', subnet: anySubnet, ipAddress: '', macAddress: '' })
  const create = useMutation(
    trpc.network.ports.create.mutationOptions({
      onSuccess: (port) => {
        toast.success(`Port ${port.name || port.macAddress} created`)
        onClose()
      },
    }),
  )
  const wish = {
    ...(draft.subnet !== anySubnet && { subnetId: draft.subnet }),
    ...(draft.ipAddress.trim() && { ipAddress: draft.ipAddress.trim() }),
  }
  const fixedIps = draft.subnet === noAddress ? [] : Object.keys(wish).length > 0 ? [wish] : undefined
  return (
    <FormPanel
      title="Create port"
      description={network.name}
      submit="Create port"
      mutation={create}
      fields={['name', 'fixedIps', 'macAddress']}
      dirty={dirty}
      onSubmit={() =>
        create.mutate({
          networkId: network.id,
          ...(draft.name.trim() && { name: draft.name.trim() }),
          ...(fixedIps && { fixedIps }),
          ...(draft.macAddress.trim() && { macAddress: draft.macAddress.trim() }),
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" optional error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field label="Address from">
            <Select
              value={draft.subnet}
              onChange={(subnet) => change({ subnet })}
              options={[
                { value: anySubnet, label: 'Any subnet with a free address' },
                ...network.subnets.map((subnet) => ({
                  value: subnet.id,
                  label: subnet.cidr,
                  note: `${subnet.total - subnet.used} free`,
                })),
                { value: noAddress, label: 'No address' },
              ]}
            />
          </Field>
          {draft.subnet !== noAddress && (
            <Field
              label="Address"
              optional
              error={errorBelow(errors, 'fixedIps')}
              hint="Empty: the next free one."
            >
              <Input
                value={draft.ipAddress}
                spellCheck={false}
                className="font-mono"
                onChange={(event) => change({ ipAddress: event.target.value })}
              />
            </Field>
          )}
          <Field label="MAC address" optional error={errors.macAddress} hint="Empty: one is made up.">
            <Input
              value={draft.macAddress}
              placeholder="fa:16:3e:00:00:01"
              spellCheck={false}
              className="font-mono"
              onChange={(event) => change({ macAddress: event.target.value })}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}
