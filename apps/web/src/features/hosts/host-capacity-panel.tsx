'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { capacities, type HostRow } from './row.ts'

const resources = [
  { key: 'vcpus', label: 'vCPUs', ratio: 'vcpuRatio', reserved: 'reservedVcpus', unit: '' },
  { key: 'ram', label: 'Memory', ratio: 'ramRatio', reserved: 'reservedRamMib', unit: ', MiB' },
  { key: 'disk', label: 'Disk', ratio: 'diskRatio', reserved: 'reservedDiskGib', unit: ', GiB' },
] as const
const fields = resources.flatMap(({ ratio, reserved }) => [ratio, reserved])
type FieldName = (typeof fields)[number]

/** Changes how much of a host is promised to instances. */
export function HostCapacityPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.hosts.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Capacity" query={query} onClose={onClose}>
      {(host) => <Form host={host} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ host, onClose }: { host: HostRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [draft, change, dirty] = useDraft(
    Object.fromEntries(fields.map((name) => [name, String(host[name])])) as Record<FieldName, string>,
  )
  const save = useMutation(
    trpc.compute.hosts.update.mutationOptions({
      onSuccess: () => {
        toast.success(`Capacity of ${host.name} changed`)
        onClose()
      },
    }),
  )
  const input = Object.fromEntries(fields.map((name) => [name, Number(draft[name])])) as Record<
    FieldName,
    number
  >
  const after = capacities({ ...host, ...input })
  return (
    <FormPanel
      title={`Capacity of ${host.name}`}
      description="What instances may take together: what the host has, less what it keeps, times the ratio. Instances that are there stay, also when it becomes too little for them."
      submit="Save"
      mutation={save}
      fields={fields}
      reason={dirty ? null : 'Nothing has changed.'}
      dirty={dirty}
      onSubmit={() => save.mutate({ id: host.id, ...input })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {resources.map(({ key, label, ratio, reserved, unit }) => (
            <fieldset key={key} className="grid grid-cols-2 items-start gap-3">
              <legend className="mb-2 text-sm font-medium">{label}</legend>
              <Field label="Kept for the host" error={errors[reserved]}>
                <Input
                  type="number"
                  min={0}
                  value={draft[reserved]}
                  className="tabular"
                  aria-label={`${label} kept for the host${unit}`}
                  onChange={(event) => change({ [reserved]: event.target.value })}
                />
              </Field>
              <Field label="Ratio" error={errors[ratio]}>
                <Input
                  type="number"
                  min={0.01}
                  step="any"
                  value={draft[ratio]}
                  className="tabular"
                  aria-label={`Ratio of ${label}`}
                  onChange={(event) => change({ [ratio]: event.target.value })}
                />
              </Field>
              <p className="tabular col-span-2 -mt-1 text-xs text-subtle">
                Offers {after[key].offered}
                {unit?.replace(', ', ' ')}; {after[key].used} taken.
              </p>
            </fieldset>
          ))}
          <ApiCall verb="compute.hosts.update" input={{ id: host.id, ...input }} />
        </>
      )}
    </FormPanel>
  )
}
