'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { toast } from 'sonner'
import { useTRPC } from '#trpc/client.ts'
import { fieldErrors, readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type BackupSchedule, intervals, localInput, wholeNumber } from './backup-schedule.ts'

const own = 'own'

/** Edits when backups of an instance are made by themselves, and how many are kept. */
export function BackupScheduleDialog({
  instance,
  schedule,
  onClose,
}: {
  instance: { id: string; name: string }
  schedule: BackupSchedule | null
  onClose: () => void
}) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const form = useId()
  const usual = intervals.some(({ hours }) => hours === (schedule?.everyHours ?? 24))
  const [interval, setInterval] = useState(usual ? String(schedule?.everyHours ?? 24) : own)
  const [hours, setHours] = useState(String(schedule?.everyHours ?? 24))
  const [keep, setKeep] = useState(String(schedule?.keep ?? 7))
  const [firstAt, setFirstAt] = useState(localInput(schedule?.nextAt ?? new Date(Date.now() + 3_600_000)))
  const everyHours = wholeNumber(interval === own ? hours : interval, 1, 8_760)
  const kept = wholeNumber(keep, 1, 1_000)
  const first = new Date(firstAt)
  const reason =
    everyHours === null
      ? 'The interval has 1 to 8760 hours.'
      : kept === null
        ? 'Keep 1 to 1000 backups.'
        : Number.isNaN(first.getTime())
          ? 'Say when the first one is made.'
          : null
  const save = useMutation(
    trpc.compute.backups.schedule.mutationOptions({
      onSuccess: () => {
        void client.invalidateQueries({
          queryKey: trpc.compute.backups.show.queryKey({ instanceId: instance.id }),
        })
        toast.success(`Backups of ${instance.name} are scheduled`)
        onClose()
      },
    }),
  )
  const error = save.error ? readError(save.error) : null
  const errors = fieldErrors(error)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Scheduled backups of ${instance.name}`}
      description="Each backup is an image of the root disk. Older ones make room for newer ones of the same kind."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button form={form} type="submit" variant="primary" loading={save.isPending} reason={reason}>
            Save schedule
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (reason || everyHours === null || kept === null) return
          save.mutate({ instanceId: instance.id, everyHours, keep: kept, firstAt: first })
        }}
      >
        {error && Object.keys(errors).length === 0 && <ErrorPanel error={error} />}
        <Field label="How often" error={errors.everyHours}>
          <Select
            value={interval}
            onChange={setInterval}
            options={[
              ...intervals.map(({ hours: value, label }) => ({ value: String(value), label })),
              { value: own, label: 'Another interval' },
            ]}
          />
        </Field>
        {interval === own && (
          <Field label="Hours between two backups">
            <Input
              type="number"
              min={1}
              max={8760}
              value={hours}
              onChange={(event) => setHours(event.target.value)}
            />
          </Field>
        )}
        <Field label="Keep" error={errors.keep} hint="How many backups stay; the oldest is deleted first.">
          <Input
            type="number"
            min={1}
            max={1000}
            value={keep}
            onChange={(event) => setKeep(event.target.value)}
          />
        </Field>
        <Field label="Next one at" error={errors.firstAt} hint="In the time of this browser.">
          <Input type="datetime-local" value={firstAt} onChange={(event) => setFirstAt(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  )
}
