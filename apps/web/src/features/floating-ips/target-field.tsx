'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ConnectButton } from '#features/routers/connect-button.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { SearchChoice } from '#ui/search-choice.tsx'
import { useTargets } from './use-targets.ts'

/** Chooses the address of an instance that something outside is to lead to, and helps where no router does. */
export function TargetField({
  external,
  value,
  onChange,
  error,
  instanceId,
}: {
  external: { id: string; name: string } | undefined
  value: string | undefined
  onChange: (value: string) => void
  error?: string | null
  /** Only addresses of this instance. */
  instanceId?: string
}) {
  const trpc = useTRPC()
  const [text, setText] = useState('')
  const { targets, loading } = useTargets(external?.id, text, instanceId)
  const chosen = targets.find((target) => target.value === value)
  const network = useQuery(
    trpc.network.networks.show.queryOptions(
      { id: chosen?.networkId ?? '' },
      { enabled: chosen !== undefined && !chosen.reachable },
    ),
  ).data
  return (
    <>
      <Field label="Instance address" error={error}>
        <SearchChoice
          label="Addresses of instances"
          text={text}
          onText={setText}
          value={value}
          onChange={onChange}
          loading={loading}
          empty="No instance with an address fits."
          options={targets.map((target) => ({
            value: target.value,
            label: `${target.instanceName}, ${target.ip}`,
            note:
              target.taken.length > 0
                ? `on ${target.networkName}; ${target.taken.join(', ')} leads to it already`
                : target.reachable
                  ? `on ${target.networkName}`
                  : `on ${target.networkName}, which no router leads to ${external?.name ?? 'the outside'}`,
          }))}
        />
      </Field>
      {chosen && !chosen.reachable && network && external && (
        <div className="flex flex-col gap-2 rounded-md border border-line bg-warn-soft p-3 text-sm text-warn-text">
          <p>
            The network {network.name} has no router with a gateway to {external.name}, so no floating IP can
            lead to it.
          </p>
          <ConnectButton network={network} external={external} />
        </div>
      )}
    </>
  )
}

/** What a chosen value stands for. */
export const readTarget = (value: string): { portId: string; ip: string } => {
  const [portId = '', ip = ''] = value.split(' ')
  return { portId, ip }
}
