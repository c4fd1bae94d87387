'use client'
import { useQuery } from '@tanstack/react-query'
import { Cable, Plus, Shield, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { paths } from '#paths.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { dangerOf } from './presets.ts'
import type { SecurityGroupDetail, SecurityGroupRule } from './row.ts'
import { useSecurityGroupActions } from './use-security-group-actions.tsx'
import { otherSide, ruleSentence, summary, whatPasses } from './words.ts'

type Member = SecurityGroupDetail['members'][number] & { id: string }

/** One security group: what it amounts to in words, its rules, and who is in it. */
export function SecurityGroupPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.securityGroups.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.securityGroups(), label: 'Security groups' }}
      noun="security group"
      row={data}
      gone={useGone(id)}
      goneNote="Its rules went with it."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(group) => <Loaded group={group} />}
    </ResourcePage>
  )
}

function Loaded({ group }: { group: SecurityGroupDetail }) {
  const actions = useSecurityGroupActions()(group)
  const add = actions.find(({ id }) => id === 'rule')!
  return (
    <>
      <ResourceHeader
        name={group.name}
        mark={
          <>
            {group.isDefault && <Badge tone="accent">for new ports</Badge>}
            {!group.stateful && <Badge>stateless</Badge>}
          </>
        }
      >
        <Button reason={add.reason} onClick={add.run}>
          <Plus aria-hidden="true" /> Add rule
        </Button>
        <ActionMenu name={group.name} id={group.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Ports', group.portCount],
          ['Rules', group.ruleCount],
          ['Answers', group.stateful ? 'pass by themselves' : 'need rules of their own'],
          ...(group.tags.length > 0 ? ([['Tags', <TagChips key="tags" tags={group.tags} />]] as const) : []),
          ['Created', <Age key="created" at={group.createdAt} />],
          ['ID', <Copyable key="id" value={group.id} what="ID" display={shortId(group.id)} />],
        ]}
      />
      {group.notApplied.length > 0 && <NotApplied hosts={group.notApplied} />}
      <div className="flex flex-col gap-4">
        <Words group={group} />
        <Rules group={group} direction="ingress" onAdd={add} />
        <Rules group={group} direction="egress" onAdd={add} />
        <Members group={group} />
      </div>
    </>
  )
}

function NotApplied({ hosts }: { hosts: SecurityGroupDetail['notApplied'] }) {
  const named = hosts.flatMap(({ name }) => name ?? [])
  return (
    <p className="rounded-lg border border-line bg-warn-soft px-4 py-3 text-sm text-warn-text">
      {hosts.length === 1 ? 'A host' : `${hosts.length} hosts`} {named.length > 0 && `(${named.join(', ')}) `}
      cannot filter: instances there are open to their networks. {hosts[0]!.reason}
    </p>
  )
}

/** What all rules together mean. */
function Words({ group }: { group: SecurityGroupDetail }) {
  const dangers = [...new Set(group.rules.flatMap((rule) => dangerOf(rule) ?? []))]
  return (
    <Card title="In words">
      <div className="grid gap-4 text-sm sm:grid-cols-2">
        {(['ingress', 'egress'] as const).map((direction) => (
          <section key={direction} aria-label={direction === 'ingress' ? 'Let in' : 'Let out'}>
            <h3 className="mb-1 text-xs text-subtle">{direction === 'ingress' ? 'Let in' : 'Let out'}</h3>
            <ul className="flex flex-col gap-0.5">
              {summary(group.rules, direction, group.portCount).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {dangers.map((danger) => (
        <p key={danger} className="mt-3 text-sm text-warn-text">
          {danger}
        </p>
      ))}
      <p className="mt-3 text-xs text-subtle">
        Addresses by DHCP, router announcements and the metadata service always work. A rule is for IPv4 or
        for IPv6.
      </p>
    </Card>
  )
}

const ruleColumns = (group: SecurityGroupDetail): readonly Column<SecurityGroupRule>[] => [
  {
    key: 'what',
    header: 'What',
    cell: (rule) => (
      <span className="inline-flex items-center gap-1.5">
        <span className="first-letter:uppercase">{whatPasses(rule)}</span>
        {rule.ethertype === 'IPv6' && <Badge>IPv6</Badge>}
      </span>
    ),
  },
  {
    key: 'who',
    header: 'Other side',
    cell: (rule) =>
      rule.remoteGroupId || rule.remoteAddressGroupId ? (
        <Link
          href={
            rule.remoteGroupId
              ? paths.securityGroup(rule.remoteGroupId)
              : paths.addressGroup(rule.remoteAddressGroupId!)
          }
          className="whitespace-normal rounded hover:underline"
        >
          {otherSide(rule, group.portCount)}
        </Link>
      ) : (
        otherSide(rule)
      ),
  },
  {
    key: 'description',
    header: 'Description',
    from: 'md',
    cell: (rule) => <span className="text-muted">{rule.description || '–'}</span>,
  },
]

function Rules({
  group,
  direction,
  onAdd,
}: {
  group: SecurityGroupDetail
  direction: 'ingress' | 'egress'
  onAdd: { reason?: string | null; run: () => void }
}) {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const readOnly = useWhyReadOnly()
  const incoming = direction === 'ingress'
  const remove = async (rule: SecurityGroupRule) => {
    const sentence = ruleSentence(rule, group.portCount)
    const yes = await confirm({
      title: 'Remove this rule?',
      consequence: `passes no longer, unless another rule lets it through. Connections that only this rule let through are cut at once, for ${group.portCount} ${group.portCount === 1 ? 'port' : 'ports'}.`,
      names: [sentence],
      noun: 'rule',
      verb: 'Remove',
    })
    if (!yes) return
    try {
      await api.network.securityGroupRules.delete.mutate({ id: rule.id })
      toast.success('Rule removed')
    } catch (error) {
      toastRefusal('Cannot remove the rule', error)
    }
  }
  return (
    <Card title={incoming ? 'Rules for what comes in' : 'Rules for what goes out'} flush>
      <DataTable<SecurityGroupRule>
        label={incoming ? 'Incoming rules' : 'Outgoing rules'}
        columns={ruleColumns(group)}
        rows={group.rules.filter((rule) => rule.direction === direction)}
        nameOf={(rule) => `${ruleSentence(rule)} ${rule.ethertype}`}
        menu={(rule) => (
          <ActionMenu
            name={`${ruleSentence(rule)} ${rule.ethertype}`}
            id={rule.id}
            actions={[
              {
                id: 'remove',
                label: 'Remove',
                icon: Trash2,
                danger: true,
                reason: readOnly,
                run: () => void remove(rule),
              },
            ]}
          />
        )}
        empty={
          <EmptyState
            icon={Shield}
            title={incoming ? 'Nothing comes in' : 'Nothing goes out'}
            action={
              <Button reason={onAdd.reason} onClick={onAdd.run}>
                <Plus aria-hidden="true" /> Add rule
              </Button>
            }
          >
            {incoming
              ? 'Only answers to what members ask for reach them.'
              : 'Members only answer what reaches them.'}
          </EmptyState>
        }
      />
    </Card>
  )
}

const memberColumns: readonly Column<Member>[] = [
  {
    key: 'who',
    header: 'Used by',
    cell: (member) =>
      member.instanceId ? (
        <Link href={paths.instance(member.instanceId, 'networking')} className="rounded hover:underline">
          {member.instanceName}
        </Link>
      ) : (
        <span className="text-muted">{member.portName || `port ${shortId(member.portId)}`}</span>
      ),
  },
  {
    key: 'network',
    header: 'Network',
    cell: (member) => (
      <Link href={paths.network(member.networkId, 'ports')} className="rounded hover:underline">
        {member.networkName}
      </Link>
    ),
  },
  {
    key: 'addresses',
    header: 'Addresses',
    cell: (member) => (
      <span className="flex gap-3">
        {member.addresses.map((address) => (
          <Copyable key={address} value={address} what="address" />
        ))}
      </span>
    ),
  },
]

function Members({ group }: { group: SecurityGroupDetail }) {
  const more = group.portCount - group.members.length
  return (
    <Card title="Ports in it" flush>
      <DataTable<Member>
        label={`Ports in ${group.name}`}
        columns={memberColumns}
        rows={group.members.map((member) => ({ ...member, id: member.portId }))}
        nameOf={(member) => member.instanceName ?? member.portName}
        empty={
          <EmptyState icon={Cable} title="No ports">
            Choose the group when an instance is created, or on the instance’s page under Networking.
          </EmptyState>
        }
      />
      {more > 0 && <p className="border-t border-line px-4 py-2.5 text-xs text-subtle">and {more} more</p>}
      {group.namedBy.length > 0 && (
        <p className="border-t border-line px-4 py-2.5 text-xs text-subtle">
          Rules of{' '}
          {group.namedBy.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link href={paths.securityGroup(id)} className="rounded text-accent-text hover:underline">
                {name}
              </Link>
            </span>
          ))}{' '}
          let these ports in.
        </p>
      )}
    </Card>
  )
}
