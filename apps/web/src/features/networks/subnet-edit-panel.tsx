'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { readRoutes, writeRoutes } from '#features/routers/routes-text.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input, Textarea } from '#ui/input.tsx'
import { addressWays, isFormed, wayOf } from './address-ways.ts'
import type { SubnetRow } from './row.ts'
import { readPools, splitList } from './subnet-help.ts'

/** Changes a subnet; its range stays. */
export function SubnetEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.network.subnets.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Edit subnet" query={query} onClose={onClose}>
      {(subnet) => <EditForm subnet={subnet} onClose={onClose} />}
    </PanelOf>
  )
}

const writePools = (pools: SubnetRow['pools']): string =>
  pools.map(({ start, end }) => `${start} - ${end}`).join('\n')

function EditForm({ subnet, onClose }: { subnet: SubnetRow; onClose: () => void }) {
  const trpc = useTRPC()
  const before = {
    name: subnet.name,
    gatewayIp: subnet.gatewayIp ?? '',
    noGateway: subnet.gatewayIp === null,
    enableDhcp: subnet.enableDhcp,
    dnsServers: subnet.dnsServers.join(', '),
    pools: writePools(subnet.pools),
    hostRoutes: writeRoutes(subnet.hostRoutes),
  }
  const [draft, change, dirty] = useDraft(before)
  const pools = readPools(draft.pools)
  const routes = readRoutes(draft.hostRoutes)
  const save = useMutation(
    trpc.network.subnets.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`Subnet ${saved.name || saved.cidr} saved`)
        onClose()
      },
    }),
  )
  const six = subnet.ipVersion === 6
  const way = addressWays.find(({ value }) => value === wayOf(subnet))!.label
  const missing =
    !draft.noGateway && draft.gatewayIp.trim() === '' ? 'Give the gateway, or say that there is none.' : null
  const changed = (key: keyof typeof before) => draft[key] !== before[key]
  return (
    <FormPanel
      title="Edit subnet"
      description={subnet.cidr}
      submit="Save"
      mutation={save}
      fields={['name', 'gatewayIp', 'enableDhcp', 'dnsServers', 'pools', 'hostRoutes']}
      reason={pools.problem ?? routes.problem ?? missing ?? (dirty ? null : 'Nothing has changed.')}
      dirty={dirty}
      onSubmit={() =>
        save.mutate({
          id: subnet.id,
          ...(changed('name') && { name: draft.name.trim() }),
          ...((changed('gatewayIp') || changed('noGateway')) && {
            gatewayIp: draft.noGateway ? null : draft.gatewayIp.trim(),
          }),
          ...(changed('enableDhcp') && { enableDhcp: draft.enableDhcp }),
          ...(changed('dnsServers') && { dnsServers: splitList(draft.dnsServers) }),
          ...(changed('pools') && pools.pools.length > 0 && { pools: pools.pools }),
          ...(changed('hostRoutes') && { hostRoutes: routes.routes }),
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
          <CheckField
            label="No gateway"
            hint="Instances then reach only what is on this network."
            checked={draft.noGateway}
            onChange={(noGateway) => change({ noGateway })}
          />
          {!draft.noGateway && (
            <Field label="Gateway" error={errors.gatewayIp}>
              <Input
                value={draft.gatewayIp}
                spellCheck={false}
                className="font-mono"
                onChange={(event) => change({ gatewayIp: event.target.value })}
              />
            </Field>
          )}
          {draft.noGateway && errors.gatewayIp && (
            <p role="alert" className="text-xs text-bad-text">
              {errors.gatewayIp}
            </p>
          )}
          {six ? (
            <p className="text-sm text-muted">
              How instances get their address: {way}. A subnet keeps this as long as it lives.
            </p>
          ) : (
            <CheckField
              label="DHCP"
              hint="Gives instances their addresses. Without it they need to be told by other means."
              error={errors.enableDhcp}
              checked={draft.enableDhcp}
              onChange={(enableDhcp) => change({ enableDhcp })}
            />
          )}
          <Field
            label="DNS servers"
            optional
            error={errorBelow(errors, 'dnsServers')}
            hint={
              six
                ? 'IPv6 addresses; guests learn of a change with the next announcement.'
                : 'Guests learn of a change when they ask DHCP again.'
            }
          >
            <Input
              value={draft.dnsServers}
              spellCheck={false}
              className="font-mono"
              onChange={(event) => change({ dnsServers: event.target.value })}
            />
          </Field>
          {!isFormed(subnet) && (
            <Field
              label="Pools"
              error={errorBelow(errors, 'pools') ?? pools.problem}
              hint="Where automatic addresses come from, one first - last a line. Addresses in use stay."
            >
              <Textarea
                value={draft.pools}
                onChange={(event) => change({ pools: event.target.value })}
                className="min-h-20 font-mono text-xs"
                spellCheck={false}
              />
            </Field>
          )}
          <Field
            label="Host routes"
            optional
            error={errorBelow(errors, 'hostRoutes') ?? routes.problem}
            hint={`Static routes that guests get ${six ? 'from the metadata service' : 'by DHCP'}: a range and its next hop a line.`}
          >
            <Textarea
              value={draft.hostRoutes}
              placeholder={six ? 'fd00:2::/48 fd00:1::9' : '192.168.0.0/16 10.0.0.9'}
              onChange={(event) => change({ hostRoutes: event.target.value })}
              className="min-h-16 font-mono text-xs"
              spellCheck={false}
            />
          </Field>
        </>
      )}
    </FormPanel>
  )
}
