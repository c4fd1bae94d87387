'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { actionReason } from '#features/instances/actions.ts'
import { InstanceState } from '#features/instances/instance-state.tsx'
import type { InstanceRow } from '#features/instances/row.ts'
import { DestinationField } from '#features/migrations/destination-field.tsx'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { count } from '#ui/format.ts'
import { StateCell } from '#ui/state-cell.tsx'
import { DisksNote } from './disks-note.tsx'
import type { HostRow } from './row.ts'

const atOnce = 4
const most = 200
const administrator = { isAdmin: true, readOnly: null }

/** Asks for every instance of a lost host to be brought up elsewhere, and says what came of it for each. */
export function HostEvacuatePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(trpc.compute.hosts.show.queryOptions({ id: of }))
  return (
    <PanelOf title="Evacuate: host" query={query} onClose={onClose}>
      {(host) => <WithInstances host={host} onClose={onClose} />}
    </PanelOf>
  )
}

function WithInstances({ host, onClose }: { host: HostRow; onClose: () => void }) {
  const trpc = useTRPC()
  const query = useQuery(
    trpc.compute.instances.list.queryOptions({
      hostId: host.id,
      allProjects: true,
      limit: most,
      sort: { by: 'createdAt', dir: 'asc' },
    }),
  )
  // What was asked for leaves the host; the panel goes on showing it.
  const [first, setFirst] = useState<InstanceRow[]>()
  if (query.data && !first) setFirst(query.data.items)
  return (
    <PanelOf title={`Evacuate: ${host.name}`} query={{ ...query, data: first }} onClose={onClose}>
      {(rows) => <Form host={host} rows={rows} onClose={onClose} />}
    </PanelOf>
  )
}

type Outcome = 'asking' | 'asked' | { refused: string }

function Form({ host, rows, onClose }: { host: HostRow; rows: InstanceRow[]; onClose: () => void }) {
  const api = useTRPCClient()
  const [destination, setDestination] = useState<string>()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const note = (id: string, outcome: Outcome) => setOutcomes((before) => new Map(before).set(id, outcome))
  const open = rows.filter((row) => {
    const outcome = outcomes.get(row.id)
    return whyNot(row) === null && (outcome === undefined || typeof outcome === 'object')
  })
  const evacuate = useMutation({
    mutationFn: async (chosen: InstanceRow[]) => {
      const queue = [...chosen]
      const work = async () => {
        for (let row = queue.shift(); row; row = queue.shift()) {
          note(row.id, 'asking')
          try {
            await api.compute.instances.evacuate.mutate({ id: row.id, host: destination })
            note(row.id, 'asked')
          } catch (error) {
            note(row.id, { refused: readError(error).message })
          }
        }
      }
      await Promise.all(Array.from({ length: atOnce }, work))
    },
  })
  return (
    <FormPanel
      title={`Evacuate: ${host.name}`}
      description="For a host that is lost. Its instances are brought up on other hosts, with their sizes and addresses. When the host comes back, it removes what it has of them before it does anything else."
      submit={open.length > 0 ? `Evacuate ${count(open.length, 'instance')}` : 'Evacuate'}
      danger
      mutation={{ ...evacuate, isSuccess: false }}
      fields={['host']}
      reason={
        host.up
          ? 'The host is up: drain it instead, and its instances keep their disks.'
          : open.length > 0
            ? null
            : outcomes.size > 0
              ? 'Everything that can leave was asked to.'
              : 'No instance of this host can be evacuated.'
      }
      dirty={false}
      onSubmit={() => evacuate.mutate(open)}
      onClose={onClose}
    >
      {() => (
        <>
          <DestinationField value={destination} from={host.name} onChange={setDestination} />
          <DisksNote from={host.name} to={destination} lost />
          {rows.length > 0 ? (
            <section aria-label="Instances">
              <h3 className="mb-1.5 text-[13px] font-medium">What becomes of its instances</h3>
              <ul className="divide-y divide-line rounded-lg border border-line">
                {rows.map((row) => (
                  <Line key={row.id} row={row} outcome={outcomes.get(row.id)} />
                ))}
              </ul>
              {rows.length === most && (
                <p className="mt-1.5 text-xs text-muted">
                  These are the first {most}. Open this panel again for the others.
                </p>
              )}
            </section>
          ) : (
            <p className="text-sm text-muted">No instance is on it.</p>
          )}
        </>
      )}
    </FormPanel>
  )
}

const whyNot = (row: InstanceRow): string | null => actionReason('evacuate', row, administrator)

function Line({ row, outcome }: { row: InstanceRow; outcome: Outcome | undefined }) {
  const why = outcome === undefined ? whyNot(row) : typeof outcome === 'object' ? outcome.refused : null
  return (
    <li className="px-3 py-2 text-sm">
      <span className="flex items-center justify-between gap-3">
        <span className="min-w-0 truncate">{row.name}</span>
        {outcome === undefined ? (
          <InstanceState row={row} />
        ) : outcome === 'asking' ? (
          <StateCell tone="busy" word="Asking" />
        ) : outcome === 'asked' ? (
          <StateCell tone="ok" word="Accepted" />
        ) : (
          <StateCell tone="bad" word="Refused" />
        )}
      </span>
      {why && <span className="mt-0.5 block text-xs text-muted">{why}</span>}
    </li>
  )
}
