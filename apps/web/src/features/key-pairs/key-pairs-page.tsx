'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ClipboardCopy, FileDown, KeyRound, Plus, Trash2, Upload } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { toast } from 'sonner'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, copyWithToast } from '#ui/copy.tsx'
import { saveText } from '#ui/download.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { KeyPairCreate, KeyPairImport } from './key-pair-panels.tsx'
import { type KeyPairRow, keyFileName, keyKind } from './row.ts'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<KeyPairRow, Sort>[] = [
  { key: 'name', header: 'Name', sort: 'name', cell: (row) => <NameCell>{row.name}</NameCell> },
  {
    key: 'kind',
    header: 'Type',
    from: 'sm',
    cell: (row) => <span className="text-muted">{keyKind(row.publicKey)}</span>,
  },
  {
    key: 'fingerprint',
    header: 'Fingerprint',
    cell: (row) => (
      <span className="block max-w-40 md:max-w-none">
        <Copyable value={row.fingerprintSha256} what="fingerprint" />
        <span className="text-muted text-xs">
          <Copyable value={row.fingerprint} what="MD5 fingerprint" />
        </span>
      </span>
    ),
  },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** The user's own key pairs; they belong to the user, not to the project. */
export function KeyPairsPage() {
  const trpc = useTRPC()
  const actionsOf = useKeyPairActions()
  const [making, setMaking] = useQueryState('new', parseAsStringLiteral(['create', 'import']))
  const list = useListState({
    filters: [],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const query = useQuery(
    trpc.compute.keyPairs.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const buttons = (
    <>
      <Button onClick={() => void setMaking('import')}>
        <Upload aria-hidden="true" /> Import key
      </Button>
      <Button variant="primary" onClick={() => void setMaking('create')}>
        <Plus aria-hidden="true" /> Create key pair
      </Button>
    </>
  )
  return (
    <>
      <PageHeader
        title="Key pairs"
        description="Yours in every project: the public key is put into instances for SSH."
        actions={buttons}
      />
      <ListCard<KeyPairRow, Sort, never>
        label="Key pairs"
        icon={KeyRound}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name"
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={KeyRound} title="No key pairs yet" action={buttons}>
              With a key pair you log in to an instance over SSH without a password. Create one here, or
              import the public key that you have.
            </EmptyState>
            <EmptyCall
              verb="compute.keyPairs.import"
              input={{ name: 'laptop', publicKey: 'ssh-ed25519 AAAA… laptop' }}
            />
          </>
        }
      />
      {making === 'create' && <KeyPairCreate onClose={() => void setMaking(null)} />}
      {making === 'import' && <KeyPairImport onClose={() => void setMaking(null)} />}
    </>
  )
}

function useKeyPairActions(): (row: KeyPairRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const remove = async (row: KeyPairRow) => {
    const yes = await confirm({
      title: 'Delete this key pair?',
      consequence: 'is removed from the cloud. Instances that have its public key keep it.',
      names: [row.name],
      noun: 'key pair',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.compute.keyPairs.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'copy',
      label: 'Copy public key',
      icon: ClipboardCopy,
      reason: null,
      run: () => void copyWithToast(row.publicKey, 'Public key'),
    },
    {
      id: 'download',
      label: 'Download public key',
      icon: FileDown,
      reason: null,
      run: () => saveText(`${row.publicKey}\n`, keyFileName(row.name).replace(/pem$/, 'pub')),
    },
    { id: 'delete', label: 'Delete', icon: Trash2, danger: true, reason: null, run: () => void remove(row) },
  ]
}
