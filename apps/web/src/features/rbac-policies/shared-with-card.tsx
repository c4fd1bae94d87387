'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, Undo2, Users } from 'lucide-react'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { networkReason } from '#features/networks/actions.ts'
import type { NetworkRow } from '#features/networks/row.ts'
import { useNetworkAsker } from '#features/networks/use-network-actions.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { useTRPC, useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Age } from '#ui/time.tsx'
import { everyProject, type RbacPolicyRow, sharedFor, targetName } from './row.ts'
import { useKnownProjects } from './use-known-projects.ts'

/** Whom a network is given to besides its own project, for whoever owns it. */
export function SharedWithCard({ network, className }: { network: NetworkRow; className?: string }) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const confirm = useConfirm()
  const panel = usePanel()
  const asker = useNetworkAsker()
  const projects = useKnownProjects()
  const reason = networkReason(network, asker)
  const owner = asker.isAdmin || network.projectId === asker.projectId
  const { data } = useQuery(
    trpc.network.rbacPolicies.list.queryOptions(
      { networkId: network.id, limit: 100, ...(asker.isAdmin && { allProjects: true }) },
      { enabled: owner },
    ),
  )
  if (!owner) return null
  const nameOf = (row: RbacPolicyRow) => targetName(row.targetProject, projects) ?? row.targetProject
  const takeBack = async (row: RbacPolicyRow) => {
    const yes = await confirm({
      title: 'Stop sharing with this project?',
      consequence:
        row.action === 'access_as_external'
          ? `uses ${network.name} no longer for gateways and floating IPs.`
          : `sees and uses ${network.name} no longer. While it has ports there, this is refused.`,
      names: [nameOf(row)],
      noun: 'project',
      verb: 'Stop sharing',
    })
    if (!yes) return
    try {
      await api.network.rbacPolicies.delete.mutate({ id: row.id })
      toast.success(`${network.name} is no longer shared with ${nameOf(row)}`)
    } catch (error) {
      toastRefusal('Cannot stop sharing', error)
    }
  }
  const columns: readonly Column<RbacPolicyRow>[] = [
    {
      key: 'project',
      header: 'Project',
      cell: (row) => {
        const name = targetName(row.targetProject, projects)
        return row.targetProject === everyProject ? (
          name
        ) : (
          <span className="inline-flex items-center gap-2">
            {name}
            <Copyable value={row.targetProject} what="project ID" display={shortId(row.targetProject)} />
          </span>
        )
      },
    },
    { key: 'for', header: 'For', cell: (row) => sharedFor(row.action) },
    {
      key: 'since',
      header: 'Since',
      from: 'sm',
      align: 'right',
      cell: (row) => <Age at={row.createdAt} className="text-muted" />,
    },
  ]
  return (
    <Card
      title="Shared with"
      className={className}
      flush
      action={
        <Button size="sm" reason={reason} onClick={() => panel.open('network-share', network.id)}>
          <Plus aria-hidden="true" /> Share
        </Button>
      }
    >
      <DataTable<RbacPolicyRow>
        label="Shared with"
        columns={columns}
        rows={data?.items}
        nameOf={nameOf}
        menu={(row) => (
          <ActionMenu
            name={nameOf(row)}
            id={row.id}
            actions={[
              {
                id: 'take-back',
                label: 'Stop sharing',
                icon: Undo2,
                danger: true,
                reason:
                  reason ??
                  (!asker.isAdmin &&
                  (row.targetProject === everyProject || row.action === 'access_as_external')
                    ? 'An administrator decides this.'
                    : null),
                run: () => void takeBack(row),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Users} title="Only its own project uses it">
            Share it with another project, and that one attaches its instances here. It cannot change the
            network.
          </EmptyState>
        }
      />
    </Card>
  )
}
