'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useGone } from '#features/live/live-provider.tsx'
import { useSession } from '#features/session/use-session.ts'
import { networkTabs, paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { TabPanel, Tabs } from '#ui/tabs.tsx'
import { Age } from '#ui/time.tsx'
import { AddressUse } from './address-use.tsx'
import { NetworkMarks } from './network-marks.tsx'
import { NetworkOverviewTab } from './overview-tab.tsx'
import { PortsTab } from './ports-tab.tsx'
import { type NetworkRow, networkLook } from './row.ts'
import { SubnetsTab } from './subnets-tab.tsx'
import { useNetworkActions } from './use-network-actions.tsx'

/** One network: a strip with what matters, its subnets and its ports. */
export function NetworkPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.networks.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.networks(), label: 'Networks' }}
      noun="network"
      row={data}
      gone={useGone(id)}
      goneNote="Nothing of it is left on any host."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(network) => <Loaded network={network} />}
    </ResourcePage>
  )
}

function Loaded({ network }: { network: NetworkRow }) {
  const { isAdmin } = useSession()
  const actions = useNetworkActions()(network)
  const subnet = actions.find(({ id }) => id === 'subnet')!
  const port = actions.find(({ id }) => id === 'port')!
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(networkTabs).withDefault('overview').withOptions({ history: 'push' }),
  )
  return (
    <>
      <ResourceHeader name={network.name} mark={<NetworkMarks network={network} />}>
        <Button reason={subnet.reason} onClick={subnet.run}>
          <Plus aria-hidden="true" /> Add subnet
        </Button>
        <Button reason={port.reason} onClick={port.run}>
          <Plus aria-hidden="true" /> Create port
        </Button>
        <ActionMenu name={network.name} id={network.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <StateCell key="state" {...networkLook(network)} />],
          [
            'Addresses',
            network.subnets.length > 0 ? (
              <AddressUse key="use" name={network.name} subnets={network.subnets} />
            ) : (
              'none: it has no subnet'
            ),
          ],
          [
            'Ports',
            <span key="ports" className="tabular">
              {network.portCount}
            </span>,
          ],
          [
            'MTU',
            <span key="mtu" className="tabular">
              {network.mtu}
            </span>,
          ],
          ...(isAdmin ? ([['Segment', network.segmentId ?? '–']] as const) : []),
          ['Created', <Age key="created" at={network.createdAt} />],
          ['ID', <Copyable key="id" value={network.id} what="ID" display={shortId(network.id)} />],
        ]}
      />
      <Tabs
        label={`Parts of ${network.name}`}
        tabs={[
          { value: 'overview', label: 'Overview' },
          { value: 'subnets', label: `Subnets (${network.subnets.length})` },
          { value: 'ports', label: 'Ports' },
        ]}
        value={tab}
        onChange={(next) => void setTab(next as (typeof networkTabs)[number])}
      >
        <TabPanel value="overview">
          <NetworkOverviewTab network={network} />
        </TabPanel>
        <TabPanel value="subnets">
          <SubnetsTab network={network} />
        </TabPanel>
        <TabPanel value="ports">
          <PortsTab network={network} />
        </TabPanel>
      </Tabs>
    </>
  )
}
