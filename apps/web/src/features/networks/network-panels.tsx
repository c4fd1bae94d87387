'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { noPolicy, policyInput, QosField } from '#features/qos/qos-field.tsx'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { isFormed } from './address-ways.ts'
import { DomainField, NameField } from './name-fields.tsx'
import { freeWords, type NetworkRow } from './row.ts'
import { emptySubnet, SubnetFields, subnetInput } from './subnet-fields.tsx'
import { freeRange, freeRange6 } from './subnet-help.ts'

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
  const { isAdmin } = useSession()
  const before = {
    name: network.name,
    description: network.description,
    mtu: String(network.mtu),
    portSecurity: network.portSecurity,
    shared: network.shared,
    external: network.external,
    physicalNetwork: network.physicalNetwork ?? '',
    dnsDomain: network.dnsDomain,
    qosPolicy: network.qosPolicyId ?? noPolicy,
  }
  const [draft, change, dirty] = useDraft(before)
  const changed = (key: keyof typeof before) => draft[key] !== before[key]
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
      fields={[
        'name',
        'description',
        'mtu',
        'portSecurity',
        'shared',
        'external',
        'physicalNetwork',
        'dnsDomain',
        'qosPolicyId',
      ]}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({
          id: network.id,
          name: draft.name.trim(),
          description: draft.description.trim(),
          ...(changed('mtu') && { mtu: Number(draft.mtu) }),
          ...(changed('portSecurity') && { portSecurity: draft.portSecurity }),
          ...(changed('shared') && { shared: draft.shared }),
          ...(changed('external') && { external: draft.external }),
          ...(changed('dnsDomain') && { dnsDomain: draft.dnsDomain.trim() }),
          ...(changed('qosPolicy') && { qosPolicyId: policyInput(draft.qosPolicy) }),
          ...(changed('physicalNetwork') && { physicalNetwork: draft.physicalNetwork.trim() || null }),
        })
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
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <Field
            label="MTU"
            error={errors.mtu}
            hint="Bytes of the largest packet. Guests learn of a change when they ask DHCP again."
          >
            <Input
              type="number"
              min={576}
              max={9000}
              value={draft.mtu}
              className="tabular"
              onChange={(event) => change({ mtu: event.target.value })}
            />
          </Field>
          <CheckField
            label="Port security"
            hint="New ports are held to their own addresses. Those that are there stay as they are."
            error={errors.portSecurity}
            checked={draft.portSecurity}
            onChange={(portSecurity) => change({ portSecurity })}
          />
          <CheckField
            label="Shared"
            hint="Every project may attach instances."
            reason={isAdmin ? null : 'Only administrators share networks with every project.'}
            error={errors.shared}
            checked={draft.shared}
            onChange={(shared) => change({ shared })}
          />
          <CheckField
            label="External"
            hint="Routers of every project may have their gateway on it, and floating IPs come from it."
            reason={isAdmin ? null : 'Only administrators make external networks.'}
            error={errors.external}
            checked={draft.external}
            onChange={(external) => change({ external })}
          />
          <DomainField
            value={draft.dnsDomain}
            error={errors.dnsDomain}
            onChange={(dnsDomain) => change({ dnsDomain })}
          />
          <QosField
            projectId={network.projectId}
            value={draft.qosPolicy}
            none={{ label: 'No limits' }}
            hint="How fast its ports may send and receive, those that run included. A port may have its own."
            error={errors.qosPolicyId}
            onChange={(qosPolicy) => change({ qosPolicy })}
          />
          {isAdmin && (
            <Field
              label="Physical network"
              optional
              error={errors.physicalNetwork}
              hint="A name of the hosts' configuration: there its frames leave by that interface, untagged."
            >
              <Input
                value={draft.physicalNetwork}
                maxLength={64}
                spellCheck={false}
                onChange={(event) => change({ physicalNetwork: event.target.value })}
              />
            </Field>
          )}
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
  const [range4, range6] = [freeRange(siblings), freeRange6(network.projectId, siblings)]
  const [draft, change, dirty] = useDraft(emptySubnet(range4))
  const kind = draft.cidr.includes(':') ? '6' : '4'
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
      fields={['name', 'cidr', 'gatewayIp', 'dnsServers', 'pools', 'ipv6AddressMode', 'enableDhcp']}
      reason={problem}
      dirty={dirty}
      onSubmit={() => create.mutate({ networkId: network.id, ...input })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Kind">
            <Select
              value={kind}
              onChange={(next) => change({ cidr: next === '6' ? range6 : range4, gatewayIp: '', pools: '' })}
              options={[
                { value: '4', label: 'IPv4', note: 'behind the addresses of a router' },
                { value: '6', label: 'IPv6', note: 'reached as it is, wherever a router leads' },
              ]}
            />
          </Field>
          <SubnetFields draft={draft} errors={errors} siblings={siblings} onChange={change} />
        </>
      )}
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
  const [draft, change, dirty] = useDraft({
    name: '',
    subnet: anySubnet,
    ipAddress: '',
    macAddress: '',
    dnsName: '',
  })
  const create = useMutation(
    trpc.network.ports.create.mutationOptions({
      onSuccess: (port) => {
        toast.success(`Port ${port.name || port.macAddress} created`)
        onClose()
      },
    }),
  )
  const chosen = network.subnets.find(({ id }) => id === draft.subnet)
  const formed = chosen !== undefined && isFormed(chosen)
  const wish = {
    ...(draft.subnet !== anySubnet && { subnetId: draft.subnet }),
    ...(draft.ipAddress.trim() && !formed && { ipAddress: draft.ipAddress.trim() }),
  }
  const fixedIps = draft.subnet === noAddress ? [] : Object.keys(wish).length > 0 ? [wish] : undefined
  return (
    <FormPanel
      title="Create port"
      description={network.name}
      submit="Create port"
      mutation={create}
      fields={['name', 'fixedIps', 'macAddress', 'dnsName']}
      dirty={dirty}
      onSubmit={() =>
        create.mutate({
          networkId: network.id,
          ...(draft.name.trim() && { name: draft.name.trim() }),
          ...(fixedIps && { fixedIps }),
          ...(draft.dnsName.trim() && { dnsName: draft.dnsName.trim() }),
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
                {
                  value: anySubnet,
                  label: 'Any subnet with a free address',
                  note: 'IPv4 and IPv6, as the network has them',
                },
                ...network.subnets.map((subnet) => ({
                  value: subnet.id,
                  label: subnet.cidr,
                  note: isFormed(subnet) ? 'made of the MAC' : freeWords(subnet),
                })),
                { value: noAddress, label: 'No address' },
              ]}
            />
          </Field>
          {draft.subnet !== noAddress && !formed && (
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
          <NameField
            value={draft.dnsName}
            error={errors.dnsName}
            onChange={(dnsName) => change({ dnsName })}
          />
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
