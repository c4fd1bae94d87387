'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { whyNoNetwork } from '../create/choices.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

const network = (id: string) => `network ${id}`
const port = (id: string) => `port ${id}`

/** Asks where a new interface of an instance leads: to a network, or to a port that exists. */
export function AttachInterfaceDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const [chosen, setChosen] = useState('')
  const [ip, setIp] = useState('')
  const networks = useQuery(trpc.network.networks.list.queryOptions({ limit: 200 })).data?.items ?? []
  const ports = useQuery(trpc.network.ports.list.queryOptions({ limit: 200 })).data?.items ?? []
  const free = ports.filter(({ deviceOwner, projectId }) => deviceOwner === '' && projectId === row.projectId)
  const [kind, id = ''] = chosen.split(' ')
  const target = networks.find((one) => kind === 'network' && one.id === id)
  const mayChoose = target !== undefined && (isAdmin || target.projectId === row.projectId)
  const nameOf = (networkId: string) => networks.find((one) => one.id === networkId)?.name ?? networkId
  return (
    <ActionForm
      action="attachInterface"
      row={row}
      title={`Attach an interface to ${row.name}`}
      description={
        row.vmState === 'stopped'
          ? 'The guest finds it when it starts.'
          : 'The guest finds a new network card at once, and asks for its address by DHCP.'
      }
      fields={['networkId', 'portId', 'ip', 'fixedIps.0.ipAddress', 'fixedIps']}
      reason={chosen ? null : 'Choose a network or a port.'}
      submit={(instances) =>
        instances.attachInterface.mutate(
          kind === 'port'
            ? { id: row.id, portId: id }
            : { id: row.id, networkId: id, ip: (mayChoose && ip.trim()) || undefined },
        )
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Network or port" error={errors.networkId ?? errors.portId}>
            <Select
              value={chosen || undefined}
              placeholder="Choose a network or a port"
              onChange={setChosen}
              options={[
                ...networks.map((one) => ({
                  value: network(one.id),
                  label: one.name,
                  note:
                    whyNoNetwork(one) ??
                    `network ${one.subnets.map(({ cidr }) => cidr).join(', ')}, new port`,
                  disabled: whyNoNetwork(one) !== null,
                })),
                ...free.map((one) => ({
                  value: port(one.id),
                  label: one.name || one.macAddress,
                  note: `unused port on ${nameOf(one.networkId)}, ${
                    one.fixedIps.map(({ ipAddress }) => ipAddress).join(', ') || 'without an address'
                  }`,
                })),
              ]}
            />
          </Field>
          {mayChoose && (
            <Field
              label="Address"
              optional
              error={errors.ip ?? errors['fixedIps.0.ipAddress'] ?? errors.fixedIps}
              hint="Left out, a free one is taken."
            >
              <Input
                value={ip}
                spellCheck={false}
                placeholder={target.subnets[0]?.pools.at(-1)?.end}
                className="tabular"
                onChange={(event) => setIp(event.target.value)}
              />
            </Field>
          )}
        </>
      )}
    </ActionForm>
  )
}
