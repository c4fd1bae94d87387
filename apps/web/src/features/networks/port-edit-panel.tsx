'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { noPolicy, policyInput, QosField } from '#features/qos/qos-field.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { readPairs, writePairs } from './address-pairs-text.ts'
import { NameField } from './name-fields.tsx'
import { isServicePort, type PortRow } from './row.ts'
import { splitList } from './subnet-help.ts'
import { useNetworkAsker } from './use-network-actions.tsx'

/** Changes a port: what it is called, its addresses, and what it may send. */
export function PortEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.network.ports.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Edit port" query={query} onClose={onClose}>
      {(port) => <EditForm port={port} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ port, onClose }: { port: PortRow; onClose: () => void }) {
  const trpc = useTRPC()
  const { isAdmin, projectId } = useNetworkAsker()
  const network = useQuery(trpc.network.networks.show.queryOptions({ id: port.networkId })).data
  const foreign =
    network && !isAdmin && network.projectId !== projectId
      ? 'The owner of the network decides what may be sent on it.'
      : null
  const service = isServicePort(port) ? 'The router or service that it belongs to decides this.' : null
  const before = {
    name: port.name,
    description: port.description,
    adminStateUp: port.adminStateUp,
    addresses: port.fixedIps.map(({ ipAddress }) => ipAddress).join('\n'),
    portSecurity: port.portSecurity,
    pairs: writePairs(port.allowedAddressPairs, port.macAddress),
    dnsName: port.dnsName,
    qosPolicy: port.qosPolicyId ?? noPolicy,
  }
  const [draft, change, dirty] = useDraft(before)
  const { pairs, problem } = readPairs(draft.pairs)
  const changed = (key: keyof typeof before) => draft[key] !== before[key]
  const save = useMutation(
    trpc.network.ports.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`Port ${saved.name || saved.macAddress} saved`)
        onClose()
      },
    }),
  )
  const sending = service ?? foreign
  const opens = before.portSecurity && !draft.portSecurity
  return (
    <FormPanel
      title="Edit port"
      description={port.name || port.macAddress}
      submit="Save"
      mutation={save}
      fields={[
        'name',
        'description',
        'adminStateUp',
        'fixedIps',
        'portSecurity',
        'allowedAddressPairs',
        'dnsName',
        'qosPolicyId',
      ]}
      reason={(draft.portSecurity ? problem : null) ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({
          id: port.id,
          ...(changed('name') && { name: draft.name.trim() }),
          ...(changed('description') && { description: draft.description.trim() }),
          ...(changed('adminStateUp') && { adminStateUp: draft.adminStateUp }),
          ...(changed('addresses') && {
            fixedIps: splitList(draft.addresses).map((ipAddress) => ({ ipAddress })),
          }),
          ...(changed('portSecurity') && { portSecurity: draft.portSecurity }),
          ...(changed('dnsName') && { dnsName: draft.dnsName.trim() }),
          ...(changed('qosPolicy') && { qosPolicyId: policyInput(draft.qosPolicy) }),
          ...(changed('pairs') && { allowedAddressPairs: pairs }),
          ...(opens && { securityGroupIds: [], allowedAddressPairs: [] }),
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
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <CheckField
            label="Switched on"
            hint="Off, nothing passes."
            reason={service}
            error={errors.adminStateUp}
            checked={draft.adminStateUp}
            onChange={(adminStateUp) => change({ adminStateUp })}
          />
          {!service && (
            <Field
              label="Addresses"
              optional
              error={errorBelow(errors, 'fixedIps')}
              hint="One a line. A guest that runs learns of a change when it asks DHCP again. An IPv6 address made of the MAC stays."
            >
              <Textarea
                value={draft.addresses}
                onChange={(event) => change({ addresses: event.target.value })}
                className="min-h-16 font-mono text-xs"
                spellCheck={false}
              />
            </Field>
          )}
          {!service && (
            <NameField
              value={draft.dnsName}
              error={errors.dnsName}
              onChange={(dnsName) => change({ dnsName })}
            />
          )}
          {!service && (
            <QosField
              projectId={port.projectId}
              value={draft.qosPolicy}
              none={{ label: 'As its network has it', note: network?.qosPolicyId ? undefined : 'no limits' }}
              hint="How fast it may send and receive. It holds at once."
              error={errors.qosPolicyId}
              onChange={(qosPolicy) => change({ qosPolicy })}
            />
          )}
          <CheckField
            label="Port security"
            hint="Holds it to its own MAC and addresses."
            reason={sending}
            error={errors.portSecurity}
            checked={draft.portSecurity}
            onChange={(portSecurity) => change({ portSecurity })}
          />
          {changed('portSecurity') && <SecurityNote port={port} opens={opens} />}
          {!sending && draft.portSecurity && (
            <Field
              label="Allowed address pairs"
              optional
              error={errorBelow(errors, 'allowedAddressPairs') ?? problem}
              hint="What it may send from besides its own addresses: an address or range a line, and a MAC if it is another one. For an address that moves between instances, say."
            >
              <Textarea
                value={draft.pairs}
                placeholder="10.0.0.100"
                onChange={(event) => change({ pairs: event.target.value })}
                className="min-h-16 font-mono text-xs"
                spellCheck={false}
              />
            </Field>
          )}
        </>
      )}
    </FormPanel>
  )
}

/** What switching port security on or off takes with it. */
function SecurityNote({ port, opens }: { port: PortRow; opens: boolean }) {
  const groups = port.securityGroups.map(({ name }) => name)
  const left = [
    groups.length > 0 &&
      `${groups.length === 1 ? 'the security group' : 'the security groups'} ${groups.join(', ')}`,
    port.allowedAddressPairs.length > 0 && 'its allowed address pairs',
  ].filter((part) => part !== false)
  return (
    <p role="status" className="text-xs text-warn-text">
      {opens
        ? `Nothing filters it any more, and it may send under any address.${left.length > 0 ? ` It leaves ${left.join(' and ')}.` : ''}`
        : 'It is in no security group then: nothing passes until you put it into one.'}
    </p>
  )
}
