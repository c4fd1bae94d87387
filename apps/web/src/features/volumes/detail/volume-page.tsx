'use client'
import { Camera, Plug } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { ResourceHistory } from '#features/audit/resource-history.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { OperationTimeline } from '#features/operations/operation-timeline.tsx'
import { paths, volumeTabs } from '#paths.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { TabPanel, Tabs } from '#ui/tabs.tsx'
import { Age } from '#ui/time.tsx'
import { ValueUnit } from '#ui/value-unit.tsx'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume } from '../use-volume.ts'
import { useVolumeActions } from '../use-volume-actions.tsx'
import { AttachedTo, VolumeMarks, VolumeState } from '../volume-bits.tsx'
import { AttachmentsTab } from './attachments-tab.tsx'
import { MetadataTab } from './metadata-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { SnapshotsTab } from './snapshots-tab.tsx'

/** One volume: a strip with what matters, and tabs below it. */
export function VolumePage({ id }: { id: string }) {
  const { data, error, refetch } = useVolume(id)
  return (
    <ResourcePage
      list={{ href: paths.volumes(), label: 'Volumes' }}
      noun="volume"
      row={data && { ...data, name: volumeLabel(data) }}
      gone={useGone(id)}
      goneNote="What was on it is gone; volumes and images made from it stay."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {() => <Loaded volume={data!} />}
    </ResourcePage>
  )
}

function Loaded({ volume }: { volume: VolumeRow }) {
  const actions = useVolumeActions()(volume)
  const act = (id: string) => actions.find((action) => action.id === id)!
  const [attach, snapshot] = [act('attach'), act('snapshot')]
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(volumeTabs).withDefault('overview').withOptions({ history: 'push' }),
  )
  const name = volumeLabel(volume)
  return (
    <>
      <ResourceHeader name={name} mark={<VolumeMarks row={volume} />}>
        <Button reason={attach.reason} onClick={attach.run}>
          <Plug aria-hidden="true" /> Attach
        </Button>
        <Button reason={snapshot.reason} onClick={snapshot.run}>
          <Camera aria-hidden="true" /> Take snapshot
        </Button>
        <ActionMenu name={name} id={volume.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <VolumeState key="state" row={volume} />],
          ['Size', <ValueUnit key="size" value={volume.sizeGib} unit="GiB" />],
          ['Type', volume.typeName],
          ['Attached to', <AttachedTo key="attached" row={volume} />],
          ['Zone', volume.zone],
          ['Created', <Age key="created" at={volume.createdAt} />],
          ['ID', <Copyable key="id" value={volume.id} what="ID" display={shortId(volume.id)} />],
        ]}
      />
      {volume.failure && (
        <ErrorPanel
          className="mb-4"
          title="The last work on it failed"
          error={{
            message: volume.failure,
            remedy: 'Its operations say what was tried. Try it again, or delete the volume.',
            requestId: null,
          }}
        />
      )}
      <Tabs
        label={`Parts of ${name}`}
        tabs={[
          { value: 'overview', label: 'Overview' },
          { value: 'snapshots', label: `Snapshots (${volume.snapshotCount})` },
          { value: 'attachments', label: `Attachments (${volume.attachments.length})` },
          { value: 'metadata', label: 'Metadata' },
          { value: 'operations', label: 'Operations' },
        ]}
        value={tab}
        onChange={(next) => void setTab(next as (typeof volumeTabs)[number])}
      >
        <TabPanel value="overview">
          <OverviewTab volume={volume} />
        </TabPanel>
        <TabPanel value="snapshots">
          <SnapshotsTab volume={volume} take={snapshot} />
        </TabPanel>
        <TabPanel value="attachments">
          <AttachmentsTab volume={volume} attach={attach} />
        </TabPanel>
        <TabPanel value="metadata">
          <MetadataTab volume={volume} />
        </TabPanel>
        <TabPanel value="operations">
          <div className="flex flex-col gap-4">
            <OperationTimeline resourceId={volume.id} noun="volume" />
            <ResourceHistory resourceId={volume.id} />
          </div>
        </TabPanel>
      </Tabs>
    </>
  )
}
