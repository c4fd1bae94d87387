'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { FloatingIpRow, PortForwardingRow } from './row.ts'
import { readTarget, TargetField } from './target-field.tsx'

/** The forwarded ports of a floating IP, and one more. */
export function ForwardingsPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.network.floatingIps.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Port forwardings" query={query} onClose={onClose}>
      {(row) => <Forwardings row={row} onClose={onClose} />}
    </PanelOf>
  )
}

const protocols = [
  { value: 'tcp', label: 'TCP' },
  { value: 'udp', label: 'UDP' },
] as const

function Forwardings({ row, onClose }: { row: FloatingIpRow; onClose: () => void }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const [draft, change, dirty] = useDraft<{
    protocol: 'tcp' | 'udp'
    externalPort: string
    internalPort: string
    target?: string
  }>({ protocol: 'tcp', externalPort: '', internalPort: '' })
  const create = useMutation(
    trpc.network.portForwardings.create.mutationOptions({
      onSuccess: (made) => {
        toast.success(`Port ${made.externalPort} of ${row.address} leads to ${made.internalAddress}`)
        onClose()
      },
    }),
  )
  const missing = !draft.externalPort
    ? 'Give the port of the floating IP.'
    : !draft.internalPort
      ? 'Give the port of the instance.'
      : draft.target
        ? null
        : 'Choose an address of an instance.'
  return (
    <FormPanel
      title="Port forwardings"
      description={row.address}
      submit="Forward"
      mutation={create}
      fields={[
        'protocol',
        'externalPort',
        'internalPort',
        'internalPortId',
        'internalAddress',
        'floatingIpId',
      ]}
      reason={readOnly ?? (row.portId ? 'It leads to one port as a whole; disassociate it first.' : missing)}
      dirty={dirty}
      onSubmit={() => {
        if (!draft.target) return
        const { portId, ip } = readTarget(draft.target)
        create.mutate({
          floatingIpId: row.id,
          protocol: draft.protocol,
          externalPort: Number(draft.externalPort),
          internalPort: Number(draft.internalPort),
          internalPortId: portId,
          internalAddress: ip,
        })
      }}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {row.forwardings.length > 0 && (
            <ul aria-label="Forwarded ports" className="divide-y divide-line rounded-md border border-line">
              {row.forwardings.map((one) => (
                <Forwarding key={one.id} row={one} readOnly={readOnly} onLeave={onClose} />
              ))}
            </ul>
          )}
          <p className="text-sm text-muted">
            One more: a port of {row.address} that leads to a port of an instance.
          </p>
          <div className="grid grid-cols-[6rem_minmax(0,1fr)_minmax(0,1fr)] gap-3">
            <Field label="Protocol" error={errors.protocol}>
              <Select
                value={draft.protocol}
                onChange={(value) => change({ protocol: value as 'tcp' | 'udp' })}
                options={protocols}
              />
            </Field>
            <Field label="Outside port" error={errors.externalPort}>
              <Input
                type="number"
                min={1}
                max={65535}
                value={draft.externalPort}
                placeholder="2222"
                className="tabular"
                onChange={(event) => change({ externalPort: event.target.value })}
              />
            </Field>
            <Field label="Instance's port" error={errors.internalPort}>
              <Input
                type="number"
                min={1}
                max={65535}
                value={draft.internalPort}
                placeholder="22"
                className="tabular"
                onChange={(event) => change({ internalPort: event.target.value })}
              />
            </Field>
          </div>
          <TargetField
            external={{ id: row.networkId, name: row.networkName }}
            value={draft.target}
            onChange={(target) => change({ target })}
            error={errors.internalPortId ?? errors.internalAddress ?? errors.floatingIpId}
          />
        </>
      )}
    </FormPanel>
  )
}

function Forwarding({
  row,
  readOnly,
  onLeave,
}: {
  row: PortForwardingRow
  readOnly: string | null
  onLeave: () => void
}) {
  const { network } = useTRPCClient()
  const name = `${row.protocol.toUpperCase()} ${row.externalPort}`
  const remove = async () => {
    try {
      await network.portForwardings.delete.mutate({ id: row.id })
      toast.success(`${name} is no longer forwarded`)
    } catch (error) {
      toastRefusal(`Cannot end the forwarding of ${name}`, error)
    }
  }
  return (
    <li className="flex items-center justify-between gap-3 px-3 py-2 text-sm">
      <span className="min-w-0">
        <span className="font-medium">{name}</span> <span className="text-subtle">to</span>{' '}
        <span className="font-mono text-[13px]">
          {row.internalAddress}:{row.internalPort}
        </span>
        {row.instanceId && (
          <Link
            href={paths.instance(row.instanceId, 'networking')}
            onClick={onLeave}
            className="block truncate rounded text-xs text-muted hover:underline"
          >
            {row.instanceName}
          </Link>
        )}
      </span>
      <Button
        size="icon"
        variant="ghost"
        reason={readOnly}
        aria-label={`End the forwarding of ${name}`}
        onClick={() => void remove()}
      >
        <Trash2 aria-hidden="true" />
      </Button>
    </li>
  )
}
