'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Gauge, Pencil, Plus, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { type QosSpecRow, qosWords } from './row.ts'

const columns: readonly Column<QosSpecRow, 'name'>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>{row.name}</NameCell>
    ),
  },
  {
    key: 'limits',
    header: 'Limits',
    cell: (row) => {
      const words = qosWords(row.specs)
      return words.length === 0 ? (
        <span className="text-subtle">none</span>
      ) : (
        <ul className="whitespace-normal py-1.5 text-[13px]">
          {words.map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      )
    },
  },
  {
    key: 'types',
    header: 'Volume types that have it',
    from: 'sm',
    cell: (row) => row.typeNames.join(', ') || <span className="text-subtle">none</span>,
  },
]

/** Limits that types of volumes refer to. */
export function VolumeQosPage() {
  const trpc = useTRPC()
  const { qosSpecs } = useTRPCClient().volume
  const panel = usePanel()
  const confirm = useConfirm()
  const list = useListState({ filters: [], sorts: ['name'], defaultSort: { by: 'name', dir: 'asc' } })
  const query = useQuery(
    trpc.volume.qosSpecs.list.queryOptions(
      { limit: 50, cursor: list.cursor ?? undefined, dir: list.sort.dir },
      { placeholderData: keepPreviousData },
    ),
  )
  const remove = async (row: QosSpecRow) => {
    const yes = await confirm({
      title: 'Delete this QoS spec?',
      consequence: 'can no longer be given to types. Volumes keep the limits that they were made with.',
      names: [row.name],
      noun: 'QoS spec',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await qosSpecs.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  const actionsOf = (row: QosSpecRow): ResolvedAction[] => [
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: null,
      run: () => panel.open('volume-qos-edit', row.id),
    },
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason:
        row.typeNames.length > 0
          ? `${row.typeNames.join(', ')} ${row.typeNames.length === 1 ? 'has' : 'have'} it; take it off first.`
          : null,
      run: () => void remove(row),
    },
  ]
  const create = (
    <Button variant="primary" onClick={() => panel.open('volume-qos-new')}>
      <Plus aria-hidden="true" /> Create QoS spec
    </Button>
  )
  return (
    <>
      <BackLink href={paths.admin.volumeTypes()}>Volume types</BackLink>
      <PageHeader
        title="QoS specs of volumes"
        description="How fast volumes may be. A type refers to one; QEMU holds the guest’s disk to it."
        actions={create}
      />
      <ListCard<QosSpecRow, 'name', never>
        label="QoS specs of volumes"
        icon={Gauge}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        onOpen={(row) => panel.open('volume-qos-edit', row.id)}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Gauge} title="No QoS specs yet" action={create}>
              Volumes are as fast as their back end. A QoS spec keeps one of them from slowing down all
              others.
            </EmptyState>
            <EmptyCall
              verb="volume.qosSpecs.create"
              input={{ name: 'steady', specs: { total_iops_sec: '500' } }}
            />
          </>
        }
      />
    </>
  )
}
