'use client'
import { useMutation } from '@tanstack/react-query'
import { Ban, Check, CircleHelp, Plus, Undo2 } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { Button } from '#ui/button.tsx'
import { cn } from '#ui/cn.ts'
import type { Hop, ReachabilityAnswer } from './question.ts'

const verdicts = {
  reaches: { word: 'Yes', box: 'border-ok/40 bg-ok-soft', text: 'text-ok-text', icon: Check },
  stopped: { word: 'No', box: 'border-bad/40 bg-bad-soft', text: 'text-bad-text', icon: Ban },
  leaves: { word: 'It gets out', box: 'border-line bg-warn-soft', text: 'text-warn-text', icon: CircleHelp },
} as const

const marks = {
  passes: { word: 'passes', icon: Check, look: 'bg-ok-soft text-ok-text' },
  stops: { word: 'stops here', icon: Ban, look: 'bg-bad-soft text-bad-text' },
  unknown: { word: 'not known', icon: CircleHelp, look: 'bg-warn-soft text-warn-text' },
} as const

/** The answer in one sentence, and everything on the way with what decides there. */
export function AnswerView({ answer }: { answer: ReachabilityAnswer }) {
  const { word, box, text, icon: Icon } = verdicts[answer.verdict]
  return (
    <div className="flex flex-col gap-4">
      <div role="status" className={cn('flex items-start gap-3 rounded-lg border px-4 py-3 text-sm', box)}>
        <Icon className={cn('mt-0.5 size-4 shrink-0', text)} aria-hidden="true" />
        <p className="min-w-0 break-words">
          <strong className={cn('mr-1.5 font-semibold', text)}>{word}.</strong>
          {answer.summary}
        </p>
      </div>
      <ol aria-label="The way" className="flex flex-col">
        {answer.hops.map((hop, index) => (
          <HopItem key={index} hop={hop} last={index === answer.hops.length - 1} />
        ))}
      </ol>
    </div>
  )
}

function HopItem({ hop, last }: { hop: Hop; last: boolean }) {
  const { word, icon: Icon, look } = marks[hop.verdict]
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0">
      {!last && <span aria-hidden="true" className="absolute bottom-0 left-3 top-7 w-px bg-line-strong" />}
      <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-full', look)}>
        <Icon className="size-3.5" aria-hidden="true" />
        <span className="sr-only">{word}</span>
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
          {hop.way === 'back' && <Undo2 className="size-3.5 text-subtle" aria-label="On the way back" />}
          {hop.title}
          <HopLink hop={hop} />
        </p>
        <p className="mt-0.5 break-words text-sm text-muted">{hop.reason}</p>
        {hop.remedy && (
          <p className="mt-1 break-words text-sm">
            <span className="font-medium">What would open it:</span> {hop.remedy}
          </p>
        )}
        {hop.missingRule && <AddRule rule={hop.missingRule} />}
      </div>
    </li>
  )
}

function HopLink({ hop: { resource } }: { hop: Hop }) {
  if (!resource) return null
  const { noun, id, networkId } = resource
  const href = {
    instance: () => paths.instance(id, 'networking'),
    port: () => networkId && paths.network(networkId, 'ports'),
    network: () => paths.network(id),
    subnet: () => networkId && paths.network(networkId, 'subnets'),
    router: () => paths.router(id),
    'floating-ip': () => paths.floatingIps(),
    'security-group': () => paths.securityGroup(id),
  }[noun]()
  return href ? (
    <Link href={href} className="rounded font-normal text-accent-text hover:underline">
      {resource.name}
    </Link>
  ) : null
}

/** Adds the rule that is missing. The answer follows by itself. */
function AddRule({ rule }: { rule: NonNullable<Hop['missingRule']> }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const add = useMutation(
    trpc.network.securityGroupRules.create.mutationOptions({
      onSuccess: () => toast.success(`Rule added to ${rule.securityGroupName}`),
      onError: (error) => toastRefusal('Cannot add the rule', error),
    }),
  )
  return (
    <Button
      size="sm"
      className="mt-2"
      reason={readOnly}
      loading={add.isPending}
      onClick={() =>
        add.mutate({
          securityGroupId: rule.securityGroupId,
          direction: rule.direction,
          ethertype: rule.ethertype,
          protocol: rule.protocol,
          portMin: rule.port,
          portMax: rule.port,
          remoteIpPrefix: rule.remoteIpPrefix,
        })
      }
    >
      <Plus aria-hidden="true" /> Add this rule to {rule.securityGroupName}
    </Button>
  )
}
