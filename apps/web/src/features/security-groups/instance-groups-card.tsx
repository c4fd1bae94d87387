'use client'
import { CheckCheck, Plus, Shield, X } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import type { InstanceDetail } from '#features/instances/row.ts'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { count } from '#ui/format.ts'
import { type InstanceGroup, instanceGroups, joinReason } from './instance-groups.ts'

const columns: readonly Column<InstanceGroup>[] = [
  {
    key: 'name',
    header: 'Security group',
    cell: (group) => (
      <Link href={paths.securityGroup(group.id)} className="rounded hover:underline">
        {group.name}
      </Link>
    ),
  },
  {
    key: 'ports',
    header: 'Interfaces',
    cell: (group) =>
      group.ports >= group.of ? (
        <span className="text-muted">all</span>
      ) : (
        <span className="text-warn-text">
          {group.ports} of {group.of}
        </span>
      ),
  },
]

/** The security groups of an instance as a whole: all interfaces join and leave them together. */
export function InstanceGroupsCard({ instance }: { instance: InstanceDetail }) {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const readOnly = useWhyReadOnly()
  const reason = readOnly ?? joinReason(instance.ports)
  const join = async (group: InstanceGroup) => {
    try {
      await api.compute.instances.addSecurityGroup.mutate({ id: instance.id, securityGroupId: group.id })
      toast.success(`All interfaces of ${instance.name} are in ${group.name}`)
    } catch (error) {
      toastRefusal(`Cannot add ${group.name}`, error)
    }
  }
  const leave = async (group: InstanceGroup) => {
    const yes = await confirm({
      title: 'Take the instance out of this group?',
      consequence: `is left by ${count(group.ports, 'interface')} of ${instance.name}. Connections that only it let through are cut at once.`,
      names: [group.name],
      noun: 'security group',
      verb: 'Take out',
    })
    if (!yes) return
    try {
      await api.compute.instances.removeSecurityGroup.mutate({ id: instance.id, securityGroupId: group.id })
      toast.success(`${instance.name} left ${group.name}`)
    } catch (error) {
      toastRefusal(`Cannot take ${instance.name} out of ${group.name}`, error)
    }
  }
  return (
    <Card
      title="Security groups"
      flush
      action={
        <Button size="sm" reason={reason} onClick={() => panel.open('instance-security-group', instance.id)}>
          <Plus aria-hidden="true" /> Add security group
        </Button>
      }
    >
      <DataTable
        label="Security groups"
        columns={columns}
        rows={instanceGroups(instance.ports)}
        nameOf={(group) => group.name}
        menu={(group) => (
          <ActionMenu
            name={group.name}
            id={group.id}
            actions={[
              {
                id: 'all',
                label: 'Put all interfaces into it',
                icon: CheckCheck,
                reason: reason ?? (group.ports >= group.of ? 'All of them are.' : null),
                run: () => void join(group),
              },
              {
                id: 'leave',
                label: 'Take the instance out',
                icon: X,
                danger: true,
                reason: readOnly,
                run: () => void leave(group),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Shield} title="In no security group">
            {joinReason(instance.ports) ??
              'Nothing reaches it and it reaches nothing, but for addresses and metadata.'}
          </EmptyState>
        }
      />
    </Card>
  )
}
