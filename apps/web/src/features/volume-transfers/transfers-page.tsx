'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowRightLeft, Inbox, Undo2 } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import type { TransferRow } from './row.ts'

const labelOf = ({ name, volumeName, id }: TransferRow) => name || volumeName || shortId(id)

const columns: readonly Column<TransferRow, 'createdAt'>[] = [
  {
    key: 'volume',
    header: 'Volume',
    cell: (row) => (
      <NameCell below={row.name}>
        <Link href={paths.volume(row.volumeId)} className="rounded hover:underline">
          {row.volumeName || shortId(row.volumeId)}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'id',
    header: 'Transfer',
    cell: (row) => <Copyable value={row.id} what="transfer ID" display={shortId(row.id)} />,
  },
  {
    key: 'createdAt',
    header: 'Offered',
    align: 'right',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** Volumes that this project offers to others, and the way to accept one of theirs. */
export function TransfersPage() {
  const trpc = useTRPC()
  const { transfers } = useTRPCClient().volume
  const panel = usePanel()
  const readOnly = useWhyReadOnly()
  const list = useListState({
    filters: [],
    sorts: ['createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const query = useQuery(
    trpc.volume.transfers.list.queryOptions(
      { limit: 50, cursor: list.cursor ?? undefined },
      { placeholderData: keepPreviousData },
    ),
  )
  const withdraw = async (row: TransferRow) => {
    try {
      await transfers.delete.mutate({ id: row.id })
      toast.success(`${row.volumeName || 'The volume'} is not offered any more`)
    } catch (error) {
      toastRefusal('Cannot withdraw the offer', error)
    }
  }
  const accept = (
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('volume-transfer-new')}>
      <Inbox aria-hidden="true" /> Accept transfer
    </Button>
  )
  return (
    <>
      <BackLink href={paths.volumes()}>Volumes</BackLink>
      <PageHeader
        title="Volume transfers"
        description="Volumes that this project offers to another one. An offer is accepted with its ID and its key."
        actions={accept}
      />
      <ListCard<TransferRow, 'createdAt', never>
        label="Volume transfers"
        icon={ArrowRightLeft}
        list={list}
        query={query}
        columns={columns}
        nameOf={labelOf}
        menu={(row) => (
          <ActionMenu
            name={labelOf(row)}
            id={row.id}
            actions={[
              {
                id: 'withdraw',
                label: 'Withdraw the offer',
                icon: Undo2,
                reason: readOnly,
                run: () => void withdraw(row),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={ArrowRightLeft} title="Nothing is offered" action={accept}>
            To give a volume to another project, choose “Transfer to another project” in its menu. The other
            project accepts it with the key that you get.
          </EmptyState>
        }
      />
    </>
  )
}
