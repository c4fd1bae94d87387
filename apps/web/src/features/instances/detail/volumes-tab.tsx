'use client'
import { useQuery } from '@tanstack/react-query'
import { HardDrive, Plus, ShieldCheck, Trash2, Unplug } from 'lucide-react'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { type RouterOutputs, useTRPC, useTRPCClient } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { actionReason } from '../actions.ts'
import { useAskAction } from '../dialogs/action-dialogs.tsx'
import type { InstanceDetail } from '../row.ts'
import { attachmentState, volumeLabel, whyNotDetach } from './volume-words.ts'

type Volume = RouterOutputs['compute']['instances']['volumes'][number]

const columns: readonly Column<Volume>[] = [
  {
    key: 'device',
    header: 'Device',
    cell: ({ device, bootIndex }) => (
      <span className="flex items-center gap-2">
        <span className="font-mono text-[13px]">{device ?? '–'}</span>
        {bootIndex === 0 && <Badge tone="accent">boots from it</Badge>}
      </span>
    ),
  },
  {
    key: 'name',
    header: 'Volume',
    cell: (volume) => (
      <span className="flex min-w-0 items-center gap-2">
        <span className="truncate">{volumeLabel(volume)}</span>
        {volume.readOnly && <Badge>read-only</Badge>}
        {volume.encrypted && <Badge>encrypted</Badge>}
      </span>
    ),
  },
  {
    key: 'size',
    header: 'Size',
    align: 'right',
    cell: ({ sizeGib }) => (
      <span className="tabular">
        {sizeGib} <span className="text-subtle">GiB</span>
      </span>
    ),
  },
  { key: 'type', header: 'Type', from: 'md', cell: ({ typeName }) => typeName },
  {
    key: 'end',
    header: 'When the instance is deleted',
    from: 'lg',
    cell: ({ deleteOnTermination }) =>
      deleteOnTermination ? <span className="text-warn-text">deleted with it</span> : 'stays',
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ status, failure }) => {
      const { tone, word } = attachmentState(status)
      return (
        <span className="flex min-w-0 flex-col">
          <StateCell tone={failure && tone === 'ok' ? 'warn' : tone} word={word} />
          {failure && <span className="max-w-72 whitespace-normal text-xs text-warn-text">{failure}</span>}
        </span>
      )
    },
  },
  {
    key: 'since',
    header: 'Attached',
    from: 'lg',
    cell: ({ attachedAt }) => (attachedAt ? <Age at={attachedAt} /> : '–'),
  },
  {
    key: 'id',
    header: 'ID',
    from: 'md',
    cell: ({ volumeId }) => (
      <Copyable value={volumeId} what="volume ID" display={shortId(volumeId)} className="text-muted" />
    ),
  },
]

/** The volumes of the instance, in the order of its disks. */
export function VolumesTab({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPC()
  const api = useTRPCClient()
  const ask = useAskAction()
  const confirm = useConfirm()
  const { isAdmin } = useSession()
  const asker = { isAdmin, readOnly: useWhyReadOnly() }
  const { data, error, refetch } = useQuery(trpc.compute.instances.volumes.queryOptions({ id: instance.id }))

  const detach = async (volume: Volume) => {
    const name = volumeLabel(volume)
    const yes = await confirm({
      title: 'Detach this volume?',
      consequence:
        instance.vmState === 'stopped'
          ? `is taken from ${instance.name}. What is on it stays.`
          : `is taken from ${instance.name}, whose guest has to let go of it: unmount it there first. What is on it stays.`,
      names: [name],
      noun: 'volume',
      verb: 'Detach',
    })
    if (!yes) return
    try {
      await api.compute.instances.detachVolume.mutate({ id: instance.id, volumeId: volume.volumeId })
      toast(`Detaching ${name} from ${instance.name}`)
    } catch (refusal) {
      toastRefusal(`Cannot detach ${name}`, refusal)
    }
  }
  const keep = async (volume: Volume) => {
    const deleteOnTermination = !volume.deleteOnTermination
    try {
      await api.compute.instances.updateVolume.mutate({
        id: instance.id,
        volumeId: volume.volumeId,
        deleteOnTermination,
      })
      toast(
        deleteOnTermination
          ? `${volumeLabel(volume)} is deleted together with ${instance.name}`
          : `${volumeLabel(volume)} stays when ${instance.name} is deleted`,
      )
    } catch (refusal) {
      toastRefusal(`Cannot change ${volumeLabel(volume)}`, refusal)
    }
  }

  const attach = (
    <Button
      size="sm"
      reason={actionReason('attachVolume', instance, asker)}
      onClick={() => ask('attachVolume', instance)}
    >
      <Plus aria-hidden="true" /> Attach volume
    </Button>
  )
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  return (
    <Card title="Volumes" action={attach} flush>
      {!data ? (
        <div className="p-4" aria-busy="true">
          <Skeleton className="h-20 w-full" />
        </div>
      ) : (
        <DataTable
          label="Volumes"
          columns={columns}
          rows={data.map((volume) => ({ ...volume, id: volume.attachmentId }))}
          nameOf={volumeLabel}
          menu={(volume) => (
            <ActionMenu
              name={volumeLabel(volume)}
              id={volume.volumeId}
              actions={[
                {
                  id: 'keep',
                  label: volume.deleteOnTermination
                    ? 'Keep it when the instance is deleted'
                    : 'Delete it together with the instance',
                  icon: volume.deleteOnTermination ? ShieldCheck : Trash2,
                  reason: asker.readOnly,
                  run: () => void keep(volume),
                },
                {
                  id: 'detach',
                  label: 'Detach',
                  icon: Unplug,
                  danger: true,
                  reason: whyNotDetach(volume) ?? actionReason('detachVolume', instance, asker),
                  run: () => void detach(volume),
                },
              ]}
            />
          )}
          empty={
            <EmptyState icon={HardDrive} title="No volume">
              A volume is a disk that lives on its own: attach one, and it stays when the instance goes.
            </EmptyState>
          }
        />
      )}
    </Card>
  )
}
