'use client'
import { useQuery } from '@tanstack/react-query'
import { BookUser, Plus, Shield, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { ruleSentence } from '#features/security-groups/words.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { type AddressGroupDetail, shortRange } from './row.ts'
import { useAddressGroupActions } from './use-address-group-actions.tsx'

/** One address group: what is in it, and which rules name it. */
export function AddressGroupPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.addressGroups.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.addressGroups(), label: 'Address groups' }}
      noun="address group"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(group) => <Loaded group={group} />}
    </ResourcePage>
  )
}

function Loaded({ group }: { group: AddressGroupDetail }) {
  const actions = useAddressGroupActions()(group)
  const add = actions.find(({ id }) => id === 'add')!
  return (
    <>
      <ResourceHeader name={group.name}>
        <Button reason={add.reason} onClick={add.run}>
          <Plus aria-hidden="true" /> Add addresses
        </Button>
        <ActionMenu name={group.name} id={group.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Addresses', group.addresses.length],
          ['Rules', group.ruleCount],
          ['Description', group.description || 'none'],
          ['Created', <Age key="created" at={group.createdAt} />],
          ['ID', <Copyable key="id" value={group.id} what="ID" display={shortId(group.id)} />],
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Addresses group={group} add={add} />
        <Rules group={group} />
      </div>
    </>
  )
}

interface Range {
  id: string
}

const rangeColumns: readonly Column<Range>[] = [
  {
    key: 'range',
    header: 'Address or range',
    cell: ({ id }) => <Copyable value={shortRange(id)} what="address" />,
  },
  { key: 'family', header: 'Family', cell: ({ id }) => (id.includes(':') ? 'IPv6' : 'IPv4') },
]

function Addresses({
  group,
  add,
}: {
  group: AddressGroupDetail
  add: { reason?: string | null; run: () => void }
}) {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const readOnly = useWhyReadOnly()
  const remove = async (cidr: string) => {
    const yes = await confirm({
      title: 'Take this address out?',
      consequence:
        group.ruleCount === 0
          ? `is taken out of ${group.name}.`
          : `is let through no longer by the rules that name ${group.name}. Connections that only they let through are cut at once.`,
      names: [shortRange(cidr)],
      noun: 'address',
      verb: 'Take out',
    })
    if (!yes) return
    try {
      await api.network.addressGroups.removeAddresses.mutate({ id: group.id, addresses: [cidr] })
      toast.success(`${shortRange(cidr)} taken out`)
    } catch (error) {
      toastRefusal(`Cannot take out ${shortRange(cidr)}`, error)
    }
  }
  return (
    <Card title="Addresses" flush>
      <DataTable<Range>
        label="Addresses"
        columns={rangeColumns}
        rows={group.addresses.map((id) => ({ id }))}
        nameOf={({ id }) => shortRange(id)}
        menu={({ id }) => (
          <ActionMenu
            name={shortRange(id)}
            id={id}
            actions={[
              {
                id: 'remove',
                label: 'Take out',
                icon: Trash2,
                danger: true,
                reason: readOnly,
                run: () => void remove(id),
              },
            ]}
          />
        )}
        empty={
          <EmptyState
            icon={BookUser}
            title="No addresses"
            action={
              <Button reason={add.reason} onClick={add.run}>
                <Plus aria-hidden="true" /> Add addresses
              </Button>
            }
          >
            While it is empty, rules that name it let nobody through.
          </EmptyState>
        }
      />
    </Card>
  )
}

type UsedBy = AddressGroupDetail['usedBy'][number]

const ruleColumns: readonly Column<UsedBy>[] = [
  {
    key: 'group',
    header: 'Security group',
    cell: (rule) => (
      <Link href={paths.securityGroup(rule.groupId)} className="rounded hover:underline">
        {rule.groupName}
      </Link>
    ),
  },
  { key: 'rule', header: 'Rule', cell: (rule) => ruleSentence(rule) },
  { key: 'family', header: 'Family', from: 'sm', cell: (rule) => rule.ethertype },
]

function Rules({ group }: { group: AddressGroupDetail }) {
  const more = group.ruleCount - group.usedBy.length
  return (
    <Card title="Rules that name it" flush>
      <DataTable<UsedBy>
        label={`Rules that name ${group.name}`}
        columns={ruleColumns}
        rows={group.usedBy}
        nameOf={(rule) => `${rule.groupName} ${ruleSentence(rule)}`}
        empty={
          <EmptyState icon={Shield} title="No rule names it">
            Choose it as the other side when you add a rule to a security group.
          </EmptyState>
        }
      />
      {more > 0 && <p className="border-t border-line px-4 py-2.5 text-xs text-subtle">and {more} more</p>}
    </Card>
  )
}
