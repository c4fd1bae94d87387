'use client'
import { ListPlus, Network, Pencil, Plus, ShieldCheck, Unplug } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { InstanceFloatingIps } from '#features/floating-ips/instance-floating-ips.tsx'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { portGroupsReason } from '#features/networks/actions.ts'
import { PortName } from '#features/networks/port-name.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { PortLimits } from '#features/qos/port-limits.tsx'
import { InstanceReachability } from '#features/reachability/instance-reachability.tsx'
import { InstanceGroupsCard } from '#features/security-groups/instance-groups-card.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { actionReason } from '../actions.ts'
import { useAskAction } from '../dialogs/action-dialogs.tsx'
import type { InstanceDetail } from '../row.ts'

type Port = InstanceDetail['ports'][number]

const columns: readonly Column<Port>[] = [
  {
    key: 'device',
    header: 'Interface',
    cell: (port) => <span className="font-mono text-[13px]">eth{port.deviceIndex ?? '?'}</span>,
  },
  {
    key: 'network',
    header: 'Network',
    cell: (port) => (
      <Link href={paths.network(port.networkId)} className="rounded hover:underline">
        {port.networkName}
      </Link>
    ),
  },
  {
    key: 'addresses',
    header: 'Addresses',
    cell: (port) => (
      <span className="flex flex-wrap gap-x-3">
        {port.fixedIps.map(({ ipAddress }) => (
          <Copyable key={ipAddress} value={ipAddress} what="address" />
        ))}
      </span>
    ),
  },
  {
    key: 'groups',
    header: 'Security groups',
    from: 'md',
    cell: (port) =>
      port.portSecurity ? (
        <span className="flex gap-2">
          {port.securityGroups.length === 0 && <span className="text-warn-text">none: nothing passes</span>}
          {port.securityGroups.map(({ id, name }) => (
            <Link key={id} href={paths.securityGroup(id)} className="rounded hover:underline">
              {name}
            </Link>
          ))}
        </span>
      ) : (
        <span className="text-warn-text">off</span>
      ),
  },
  {
    key: 'name',
    header: 'Name',
    from: 'md',
    cell: (port) => <PortName portId={port.id} networkId={port.networkId} />,
  },
  {
    key: 'limits',
    header: 'Limits',
    from: 'lg',
    cell: (port) => <PortLimits portId={port.id} networkId={port.networkId} />,
  },
  {
    key: 'mac',
    header: 'MAC',
    from: 'sm',
    cell: (port) => <Copyable value={port.macAddress} what="MAC address" />,
  },
  {
    key: 'status',
    header: 'State',
    from: 'sm',
    cell: (port) => (
      <StateCell
        tone={port.status === 'ACTIVE' ? 'ok' : port.status === 'ERROR' ? 'bad' : 'idle'}
        word={{ ACTIVE: 'Up', DOWN: 'Down', BUILD: 'Wiring', ERROR: 'Error' }[port.status] ?? port.status}
      />
    ),
  },
  {
    key: 'id',
    header: 'Port',
    from: 'md',
    cell: (port) => (
      <Copyable value={port.id} what="port ID" display={shortId(port.id)} className="text-muted" />
    ),
  },
]

/** The interfaces of the instance in the order that the guest sees them. */
export function NetworkingTab({ instance }: { instance: InstanceDetail }) {
  const api = useTRPCClient()
  const ask = useAskAction()
  const confirm = useConfirm()
  const panel = usePanel()
  const { isAdmin } = useSession()
  const asker = { isAdmin, readOnly: useWhyReadOnly() }
  const detach = async (port: Port) => {
    const name = `eth${port.deviceIndex ?? '?'}`
    const yes = await confirm({
      title: 'Detach this interface?',
      consequence: `is taken from ${instance.name}, which leaves the network ${port.networkName}.`,
      names: [name],
      noun: 'interface',
      verb: 'Detach',
    })
    if (!yes) return
    try {
      await api.compute.instances.detachInterface.mutate({ id: instance.id, portId: port.id })
      toast(`Detaching ${name} from ${instance.name}`)
    } catch (error) {
      toastRefusal(`Cannot detach ${name}`, error)
    }
  }
  const attach = (
    <Button
      size="sm"
      reason={actionReason('attachInterface', instance, asker)}
      onClick={() => ask('attachInterface', instance)}
    >
      <Plus aria-hidden="true" /> Attach interface
    </Button>
  )
  return (
    <div className="flex flex-col gap-4">
      <Card title="Interfaces" action={attach} flush>
        <DataTable
          label="Interfaces"
          columns={columns}
          rows={instance.ports}
          nameOf={(port) => `eth${port.deviceIndex ?? '?'}`}
          menu={(port) => (
            <ActionMenu
              name={`eth${port.deviceIndex ?? '?'}`}
              id={port.id}
              actions={[
                {
                  id: 'edit',
                  label: 'Edit port',
                  icon: Pencil,
                  reason: asker.readOnly,
                  run: () => panel.open('port-edit', port.id),
                },
                {
                  id: 'dhcp-options',
                  label: 'DHCP options',
                  icon: ListPlus,
                  reason: asker.readOnly,
                  run: () => panel.open('port-dhcp-options', port.id),
                },
                {
                  id: 'groups',
                  label: 'Security groups',
                  icon: ShieldCheck,
                  reason: portGroupsReason({ ...port, deviceOwner: '' }, { ...asker, projectId: null }),
                  run: () => panel.open('port-groups', port.id),
                },
                {
                  id: 'detach',
                  label: 'Detach',
                  icon: Unplug,
                  danger: true,
                  reason: actionReason('detachInterface', instance, asker),
                  run: () => void detach(port),
                },
              ]}
            />
          )}
          empty={
            <EmptyState icon={Network} title="No interface">
              This instance is on no network.
            </EmptyState>
          }
        />
      </Card>
      <InstanceGroupsCard instance={instance} />
      <InstanceFloatingIps instance={instance} />
      <InstanceReachability id={instance.id} name={instance.name} />
    </div>
  )
}
