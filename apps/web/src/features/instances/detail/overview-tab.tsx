'use client'
import Link from 'next/link'
import { Placement } from '#features/operations/placement-table.tsx'
import { paths } from '#paths.ts'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment } from '#ui/format.ts'
import { Age } from '#ui/time.tsx'
import { Mib, ValueUnit } from '#ui/value-unit.tsx'
import type { InstanceDetail } from '../row.ts'
import { BackupsCard } from './backups-card.tsx'
import { GuestCard } from './guest-card.tsx'

const moment = (at: Date | null) => (at ? formatMoment(at) : 'not yet')

/** What the instance is, and, when it is in error, why. */
export function OverviewTab({ instance }: { instance: InstanceDetail }) {
  const metadata = Object.entries(instance.metadata)
  const last = instance.scheduleAttempts.at(-1)
  const attempts = instance.scheduleAttempts.filter(({ operationId }) => operationId === last?.operationId)
  const inError = instance.vmState === 'error'
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {instance.fault && (
        <ErrorPanel
          className="lg:col-span-2"
          title={inError ? 'Why it is in error' : 'What went wrong last'}
          error={{
            message: instance.fault.message,
            remedy: inError
              ? 'The operations tab shows the step that failed. Delete the instance, or fix the cause and create it again.'
              : 'The operations tab shows the step that failed. The instance is as it was before.',
            requestId: null,
          }}
        >
          {instance.fault.at && (
            <p className="mt-1 text-xs text-subtle">
              <Age at={instance.fault.at} />
            </p>
          )}
          {last && !last.placed && (
            <div className="mt-3">
              <Placement attempts={attempts} />
            </div>
          )}
        </ErrorPanel>
      )}
      <Card title="Machine">
        <Facts
          items={[
            { label: 'vCPUs', value: instance.vcpus },
            { label: 'Memory', value: <Mib value={instance.ramMib} /> },
            {
              label: 'Disk',
              value:
                instance.diskGib > 0 ? (
                  <ValueUnit value={instance.diskGib} unit="GiB" />
                ) : (
                  'as large as the image'
                ),
            },
            ...(instance.ephemeralGib > 0
              ? [
                  {
                    label: 'Ephemeral disk',
                    value: <ValueUnit value={instance.ephemeralGib} unit="GiB" />,
                  },
                ]
              : []),
            ...(instance.swapMib > 0 ? [{ label: 'Swap', value: <Mib value={instance.swapMib} /> }] : []),
            { label: 'Config drive', value: instance.configDrive ? 'yes' : 'no' },
            { label: 'Availability zone', value: instance.zone ?? 'any' },
            { label: 'Started', value: moment(instance.launchedAt) },
            { label: 'Guest ready', value: moment(instance.guestReadyAt) },
          ]}
        />
      </Card>
      <MadeWith instance={instance} />
      <Card title="Guest">
        <Facts
          items={[
            { label: 'Host name', value: <Copyable value={instance.hostname} what="host name" /> },
            {
              label: 'Key pair',
              value: instance.keyName ? (
                <Link href={paths.keyPairs()} className="rounded hover:underline">
                  {instance.keyName}
                </Link>
              ) : (
                'none'
              ),
            },
            {
              label: 'User data',
              value:
                instance.userDataBytes > 0 ? (
                  <ValueUnit value={instance.userDataBytes} unit="bytes" />
                ) : (
                  'none'
                ),
            },
            { label: 'Reservation', value: <Copyable value={instance.reservationId} what="reservation" /> },
            {
              label: 'When it crashes',
              value: instance.restartPolicy === 'on-failure' ? 'it is started again' : 'it is left off',
            },
            ...(instance.description ? [{ label: 'Description', value: instance.description }] : []),
            ...(instance.tags.length > 0
              ? [{ label: 'Tags', value: <TagLinks tags={instance.tags} /> }]
              : []),
          ]}
        />
      </Card>
      <GuestCard instance={instance} />
      <BackupsCard instance={instance} />
      {metadata.length > 0 && (
        <Card title="Metadata">
          <Facts items={metadata.map(([label, value]) => ({ label, value: value || '(empty)' }))} />
        </Card>
      )}
      {last?.placed && (
        <Card title="Placement" className="lg:col-span-2">
          <Placement attempts={attempts} />
        </Card>
      )}
    </div>
  )
}

/** What flavor and image said of the machine, if they said anything. */
function MadeWith({ instance }: { instance: InstanceDetail }) {
  const items = Object.entries({ ...instance.machineProperties, ...instance.extraSpecs })
  if (items.length === 0) return null
  return (
    <Card title="Made with">
      <Facts items={items.sort().map(([label, value]) => ({ label, value }))} />
    </Card>
  )
}

/** Each leads to the instances that have it. */
function TagLinks({ tags }: { tags: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <Link
          key={tag}
          href={paths.instances({ tag })}
          className="max-w-full truncate rounded-md border border-line bg-raised px-1.5 text-xs leading-5 hover:bg-hover"
        >
          {tag}
        </Link>
      ))}
    </span>
  )
}
