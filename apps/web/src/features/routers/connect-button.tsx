'use client'
import { Cable } from 'lucide-react'
import type { NetworkRow } from '#features/networks/row.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { Button } from '#ui/button.tsx'
import { connectPlan, whyNotJoin } from './connect.ts'
import { useConnect, useWaysOut } from './use-connect.ts'

/** One click that lets a network reach an external one, with what it does said beside it. Nothing when it does already. */
export function ConnectButton({
  network,
  external,
  foreign,
}: {
  network: Pick<NetworkRow, 'id' | 'name' | 'subnets'>
  external: Pick<NetworkRow, 'id' | 'name'>
  /** Why this person may not join a router to it. */
  foreign?: string | null
}) {
  const readOnly = useWhyReadOnly()
  const connect = useConnect()
  const { routers } = useWaysOut()
  const plan = routers && connectPlan(network, external, routers)
  if (!plan) return null
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <Button
        size="sm"
        loading={connect.isPending}
        reason={readOnly ?? foreign ?? (plan.do === 'gateway' ? null : whyNotJoin(network))}
        onClick={() => connect.mutate({ plan, external })}
      >
        <Cable aria-hidden="true" /> Connect {network.name} to {external.name}
      </Button>
      <span className="text-xs text-subtle">{plan.sentence}</span>
    </div>
  )
}
