'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import type { HostRow } from '#features/hosts/row.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { AggregateRow } from './row.ts'

/** Puts a host into an aggregate. */
export function AggregateHostPanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.aggregates.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Add host" query={query} onClose={onClose}>
      {(aggregate) => <Form aggregate={aggregate} onClose={onClose} />}
    </PanelOf>
  )
}

/** Why the host cannot be added, or null. */
function whyNot(host: HostRow, { zone, hostIds }: AggregateRow): string | null {
  if (hostIds.includes(host.id)) return 'is in it already'
  if (zone !== null && host.zone !== zone && host.instanceCount > 0)
    return `has ${count(host.instanceCount, 'instance')}, so it stays in zone ${host.zone}`
  return null
}

function Form({ aggregate, onClose }: { aggregate: AggregateRow; onClose: () => void }) {
  const trpc = useTRPC()
  const [search, setSearch] = useState('')
  const [draft, change, dirty] = useDraft({ hostId: '' })
  const hosts = useQuery(
    trpc.compute.hosts.list.queryOptions(
      { limit: 50, ...(search.trim() && { search: search.trim() }) },
      { placeholderData: (before) => before },
    ),
  )
  const add = useMutation(
    trpc.compute.aggregates.addHost.mutationOptions({
      onSuccess: ({ name }) => {
        toast.success(`Host added to ${name}`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Add host"
      description={
        aggregate.zone === null
          ? `To ${aggregate.name}.`
          : `To ${aggregate.name}, and with it to the zone ${aggregate.zone}.`
      }
      submit="Add host"
      mutation={add}
      fields={['hostId']}
      reason={draft.hostId ? null : 'Choose a host.'}
      dirty={dirty}
      onSubmit={() => add.mutate({ id: aggregate.id, hostId: draft.hostId })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {(hosts.data?.nextCursor || search) && (
            <Field label="Find host" hint="There are more hosts than the list below can hold.">
              <Input type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
            </Field>
          )}
          <Field label="Host" error={errors.hostId}>
            <Select
              value={draft.hostId || undefined}
              placeholder="Choose a host"
              onChange={(hostId) => change({ hostId })}
              options={(hosts.data?.items ?? []).map((host) => ({
                value: host.id,
                label: host.name,
                note: whyNot(host, aggregate) ?? `zone ${host.zone}`,
                disabled: whyNot(host, aggregate) !== null,
              }))}
            />
          </Field>
          <ApiCall
            verb="compute.aggregates.addHost"
            input={{ id: aggregate.id, hostId: draft.hostId || 'HOST' }}
          />
        </>
      )}
    </FormPanel>
  )
}
