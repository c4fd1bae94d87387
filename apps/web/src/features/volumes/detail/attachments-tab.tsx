'use client'
import { Plug, Unplug } from 'lucide-react'
import Link from 'next/link'
import { attachmentState } from '#features/instances/detail/volume-words.ts'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { paths } from '#paths.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { whyNotDetached } from '../actions.ts'
import type { VolumeAttachment, VolumeRow } from '../row.ts'
import { useDetachVolume } from '../use-detach-volume.ts'
import { useVolumeAsker } from '../use-volume.ts'

const nameOf = ({ instanceName, instanceId }: VolumeAttachment) =>
  instanceName ?? instanceId ?? 'a client of its own'

const columns: readonly Column<VolumeAttachment>[] = [
  {
    key: 'instance',
    header: 'Instance',
    cell: (row) => (
      <span className="flex items-center gap-2">
        {row.instanceId ? (
          <Link
            href={paths.instance(row.instanceId, 'volumes')}
            className="truncate rounded font-medium hover:underline"
          >
            {nameOf(row)}
          </Link>
        ) : (
          nameOf(row)
        )}
        {row.bootIndex === 0 && <Badge tone="accent">boots from it</Badge>}
        {row.mode === 'ro' && <Badge>read-only</Badge>}
      </span>
    ),
  },
  {
    key: 'device',
    header: 'Device',
    cell: ({ device }) => <span className="font-mono text-[13px]">{device ?? '–'}</span>,
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
    key: 'end',
    header: 'When the instance is deleted',
    from: 'lg',
    cell: ({ deleteOnTermination }) =>
      deleteOnTermination ? <span className="text-warn-text">deleted with it</span> : 'stays',
  },
  {
    key: 'since',
    header: 'Attached',
    align: 'right',
    from: 'sm',
    cell: ({ attachedAt }) => (attachedAt ? <Age at={attachedAt} className="text-muted" /> : '–'),
  },
]

/** Who has the volume. */
export function AttachmentsTab({ volume, attach }: { volume: VolumeRow; attach: ResolvedAction }) {
  const asker = useVolumeAsker()
  const detach = useDetachVolume()
  const button = (
    <Button size="sm" reason={attach.reason} onClick={attach.run}>
      <Plug aria-hidden="true" /> Attach
    </Button>
  )
  return (
    <Card title="Attachments" action={button} flush>
      <DataTable
        label="Attachments"
        columns={columns}
        rows={volume.attachments}
        nameOf={nameOf}
        menu={(row) => (
          <ActionMenu
            name={nameOf(row)}
            id={row.id}
            actions={[
              {
                id: 'detach',
                label: 'Detach',
                icon: Unplug,
                danger: true,
                reason: asker.readOnly ?? whyNotDetached(row),
                run: () => void detach(volume, row),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Plug} title="Nobody has it">
            Attach it to an instance: its guest finds one more disk.
          </EmptyState>
        }
      />
    </Card>
  )
}
