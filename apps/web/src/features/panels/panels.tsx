'use client'
import dynamic from 'next/dynamic'
import type { ComponentType } from 'react'
import { useSession } from '#features/session/use-session.ts'
import { type PanelName, usePanel } from './use-panel.ts'

type Panel = ComponentType<{ of: string; onClose: () => void }>

// Each is loaded when it is first opened.
const networks = () => import('#features/networks/network-panels.tsx')
const flavors = () => import('#features/flavors/flavor-panels.tsx')
const aggregates = () => import('#features/aggregates/aggregate-panels.tsx')
const projects = () => import('#features/projects/project-panels.tsx')
const users = () => import('#features/users/user-panels.tsx')
const grants = () => import('#features/assignments/grant-panels.tsx')

const panels: Record<PanelName, Panel> = {
  'image-edit': dynamic(() =>
    import('#features/images/image-edit-panel.tsx').then((it) => it.ImageEditPanel),
  ),
  'network-edit': dynamic(() => networks().then((it) => it.NetworkEditPanel)),
  'network-delete': dynamic(() =>
    import('#features/networks/network-delete-panel.tsx').then((it) => it.NetworkDeletePanel),
  ),
  'subnet-new': dynamic(() => networks().then((it) => it.SubnetNewPanel)),
  'port-new': dynamic(() => networks().then((it) => it.PortNewPanel)),
  'host-disable': dynamic(() =>
    import('#features/hosts/host-close-panels.tsx').then((it) => it.HostDisablePanel),
  ),
  'host-maintenance': dynamic(() =>
    import('#features/hosts/host-close-panels.tsx').then((it) => it.HostMaintenancePanel),
  ),
  'host-capacity': dynamic(() =>
    import('#features/hosts/host-capacity-panel.tsx').then((it) => it.HostCapacityPanel),
  ),
  'host-drain': dynamic(() => import('#features/drains/drain-panel.tsx').then((it) => it.HostDrainPanel)),
  'server-group-new': dynamic(() =>
    import('#features/server-groups/server-group-new-panel.tsx').then((it) => it.ServerGroupNewPanel),
  ),
  'aggregate-new': dynamic(() => aggregates().then((it) => it.AggregateNewPanel)),
  'aggregate-edit': dynamic(() => aggregates().then((it) => it.AggregateEditPanel)),
  'aggregate-host': dynamic(() =>
    import('#features/aggregates/aggregate-host-panel.tsx').then((it) => it.AggregateHostPanel),
  ),
  'aggregate-metadata': dynamic(() =>
    import('#features/aggregates/aggregate-metadata-panel.tsx').then((it) => it.AggregateMetadataPanel),
  ),
  'flavor-new': dynamic(() => flavors().then((it) => it.FlavorNewPanel)),
  'flavor-edit': dynamic(() => flavors().then((it) => it.FlavorEditPanel)),
  'flavor-spec': dynamic(() =>
    import('#features/flavors/flavor-spec-panel.tsx').then((it) => it.FlavorSpecPanel),
  ),
  'flavor-access': dynamic(() =>
    import('#features/flavors/flavor-access-panel.tsx').then((it) => it.FlavorAccessPanel),
  ),
  'project-new': dynamic(() => projects().then((it) => it.ProjectNewPanel)),
  'project-edit': dynamic(() => projects().then((it) => it.ProjectEditPanel)),
  'project-delete': dynamic(() =>
    import('#features/projects/project-delete-panel.tsx').then((it) => it.ProjectDeletePanel),
  ),
  'project-quotas': dynamic(() =>
    import('#features/projects/project-quotas-panel.tsx').then((it) => it.ProjectQuotasPanel),
  ),
  'project-grant': dynamic(() => grants().then((it) => it.ProjectGrantPanel)),
  'user-new': dynamic(() => users().then((it) => it.UserNewPanel)),
  'user-edit': dynamic(() => users().then((it) => it.UserEditPanel)),
  'user-password': dynamic(() => users().then((it) => it.UserPasswordPanel)),
  'user-grant': dynamic(() => grants().then((it) => it.UserGrantPanel)),
  'token-new': dynamic(() => import('#features/tokens/token-new-panel.tsx').then((it) => it.TokenNewPanel)),
}

const ofEverybody: readonly PanelName[] = [
  'image-edit',
  'network-edit',
  'network-delete',
  'subnet-new',
  'port-new',
  'server-group-new',
  'token-new',
]

/** The panel that the URL asks for, over whatever page is shown. Once around the signed-in pages. */
export function Panels() {
  const { panel, of, close } = usePanel()
  const { isAdmin } = useSession()
  if (!panel || (!isAdmin && !ofEverybody.includes(panel))) return null
  const needsId = !panel.endsWith('-new') || panel === 'subnet-new' || panel === 'port-new'
  if (needsId && !of) return null
  const Panel = panels[panel]
  return <Panel key={`${panel} ${of}`} of={of ?? ''} onClose={close} />
}
