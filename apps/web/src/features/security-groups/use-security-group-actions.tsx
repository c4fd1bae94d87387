'use client'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTagAction } from '#features/tags/use-tag-action.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { count } from '#ui/format.ts'
import type { SecurityGroupRow } from './row.ts'

/** What can be done to a security group: in its row, on its page and in the palette. */
export function useSecurityGroupActions(): (row: SecurityGroupRow) => ResolvedAction[] {
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const tags = useTagAction('securityGroup')
  const readOnly = useWhyReadOnly()
  const { isAdmin } = useSession()
  const remove = async (row: SecurityGroupRow) => {
    const { namedBy } = await api.network.securityGroups.show
      .query({ id: row.id })
      .catch(() => ({ namedBy: [] }))
    const rules = namedBy.reduce((sum, { ruleCount }) => sum + ruleCount, 0)
    const others = namedBy.map(({ name }) => name).join(', ')
    const yes = await confirm({
      title: 'Delete this security group?',
      consequence: `is removed with its ${count(row.ruleCount, 'rule')}. ${
        rules > 0
          ? `${count(rules, 'rule')} of other groups (${others}) let its members in, and ${rules === 1 ? 'goes' : 'go'} with it.`
          : 'No rule of another group names it.'
      }${row.isDefault ? ' It is the default group: the project gets a new one when it needs it.' : ''}`,
      names: [row.name],
      noun: 'security group',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      await api.network.securityGroups.delete.mutate({ id: row.id })
      toast.success(`${row.name} deleted`)
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  return (row) => [
    {
      id: 'rule',
      label: 'Add rule',
      icon: Plus,
      reason: readOnly,
      run: () => panel.open('security-rule-new', row.id),
    },
    {
      id: 'edit',
      label: 'Edit',
      icon: Pencil,
      reason: readOnly,
      run: () => panel.open('security-group-edit', row.id),
    },
    tags(row.id, readOnly),
    {
      id: 'delete',
      label: 'Delete',
      icon: Trash2,
      danger: true,
      reason:
        readOnly ??
        (row.isDefault && !isAdmin
          ? 'Every project has a default group.'
          : row.portCount > 0
            ? `${count(row.portCount, 'port')} ${row.portCount === 1 ? 'is' : 'are'} in it; take them out first.`
            : null),
      run: () => void remove(row),
    },
  ]
}
