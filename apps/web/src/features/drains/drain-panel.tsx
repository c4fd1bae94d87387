'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { DisksNote } from '#features/hosts/disks-note.tsx'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Badge } from '#ui/badge.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { type DrainPlan, planWords, wayWords } from './row.ts'

/** The plan of a drain, with a verdict for each instance, before anything moves. */
export function HostDrainPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.drains.preview.queryOptions({ hostId: of }))
  return (
    <PanelOf title="Drain: host" query={query} onClose={onClose}>
      {(plan) => <Form plan={plan} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ plan, onClose }: { plan: DrainPlan; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const { hostId, hostName, instances, counts } = plan
  const open = useQuery(trpc.compute.drains.list.queryOptions({ hostId, open: true, limit: 1 }))
  const [draft, change, dirty] = useDraft({ concurrency: '2', reason: '' })
  const begin = useMutation(
    trpc.compute.drains.begin.mutationOptions({
      onSuccess: () => {
        toast(`Draining ${hostName}`)
        onClose()
        router.push(paths.admin.host(hostId))
      },
    }),
  )
  const concurrency = Number(draft.concurrency)
  const wrong = !Number.isInteger(concurrency) || concurrency < 1 || concurrency > 20
  const input = { hostId, concurrency, ...(draft.reason.trim() && { reason: draft.reason.trim() }) }
  return (
    <FormPanel
      title={`Drain: ${hostName}`}
      description={`${planWords(counts)} The host is disabled, and stays so afterwards.`}
      submit="Begin drain"
      danger
      mutation={begin}
      fields={['concurrency', 'reason']}
      reason={
        open.data && open.data.items.length > 0
          ? 'It is being drained already.'
          : wrong
            ? 'Between 1 and 20 instances move at the same time.'
            : null
      }
      dirty={dirty}
      onSubmit={() => begin.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="At the same time"
            error={errors.concurrency}
            hint="How many instances move at once. More is sooner over, and each is slower."
          >
            <Input
              type="number"
              min={1}
              max={20}
              value={draft.concurrency}
              className="tabular"
              onChange={(event) => change({ concurrency: event.target.value })}
            />
          </Field>
          <Field
            label="Reason"
            optional
            error={errors.reason}
            hint="Why it is disabled; shown to administrators, and kept in the audit log."
          >
            <Input
              value={draft.reason}
              maxLength={255}
              placeholder="Its power supply is replaced"
              onChange={(event) => change({ reason: event.target.value })}
            />
          </Field>
          {instances.length > 0 && <DisksNote from={hostName} />}
          {instances.length > 0 && <Verdicts instances={instances} />}
          <ApiCall verb="compute.drains.begin" input={input} />
        </>
      )}
    </FormPanel>
  )
}

function Verdicts({ instances }: Pick<DrainPlan, 'instances'>) {
  return (
    <section aria-label="Plan">
      <h3 className="mb-1.5 text-[13px] font-medium">What becomes of its instances</h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {instances.map(({ instanceId, instanceName, way, reason }) => (
          <li key={instanceId} className="px-3 py-2 text-sm">
            <span className="flex items-center justify-between gap-3">
              <span className="min-w-0 truncate">{instanceName}</span>
              <Badge tone={way === 'none' ? 'warn' : way === 'live' ? 'ok' : 'neutral'}>
                {wayWords[way]}
              </Badge>
            </span>
            {reason && <span className="mt-0.5 block text-xs text-muted">{reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
