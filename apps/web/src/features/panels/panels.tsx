'use client'
import dynamic from 'next/dynamic'
import type { ComponentType } from 'react'
import { useSession } from '#features/session/use-session.ts'
import { volumePanels, volumePanelsOfEverybody } from '#features/volumes/panels/index.ts'
import { type PanelName, usePanel } from './use-panel.ts'

type Panel = ComponentType<{ of: string; onClose: () => void }>

// Each is loaded when it is first opened.
const networks = () => import('#features/networks/network-panels.tsx')
const routers = () => import('#features/routers/router-panels.tsx')
const floatingIps = () => import('#features/floating-ips/floating-ip-panels.tsx')
const securityGroups = () => import('#features/security-groups/security-group-panels.tsx')
const qos = () => import('#features/qos/qos-panels.tsx')
const addressGroups = () => import('#features/address-groups/address-group-panels.tsx')
const flavors = () => import('#features/flavors/flavor-panels.tsx')
const aggregates = () => import('#features/aggregates/aggregate-panels.tsx')
const projects = () => import('#features/projects/project-panels.tsx')
const users = () => import('#features/users/user-panels.tsx')
const grants = () => import('#features/assignments/grant-panels.tsx')

const panels: Record<PanelName, Panel> = {
  ...volumePanels,
  'image-edit': dynamic(() =>
    import('#features/images/image-edit-panel.tsx').then((it) => it.ImageEditPanel),
  ),
  'image-share': dynamic(() =>
    import('#features/images/sharing/image-share-panel.tsx').then((it) => it.ImageSharePanel),
  ),
  'image-properties': dynamic(() =>
    import('#features/images/image-properties-panel.tsx').then((it) => it.ImagePropertiesPanel),
  ),
  'image-tags': dynamic(() =>
    import('#features/images/image-tags-panel.tsx').then((it) => it.ImageTagsPanel),
  ),
  'image-import': dynamic(() =>
    import('#features/images/import/image-import-panel.tsx').then((it) => it.ImageImportPanel),
  ),
  'image-copy': dynamic(() =>
    import('#features/images/stores/image-copy-panel.tsx').then((it) => it.ImageCopyPanel),
  ),
  'image-warm': dynamic(() =>
    import('#features/images/stores/image-warm-panel.tsx').then((it) => it.ImageWarmPanel),
  ),
  'image-delete': dynamic(() =>
    import('#features/images/image-delete-panel.tsx').then((it) => it.ImageDeletePanel),
  ),
  'network-edit': dynamic(() => networks().then((it) => it.NetworkEditPanel)),
  'network-delete': dynamic(() =>
    import('#features/networks/network-delete-panel.tsx').then((it) => it.NetworkDeletePanel),
  ),
  'network-share': dynamic(() =>
    import('#features/rbac-policies/share-panel.tsx').then((it) => it.NetworkSharePanel),
  ),
  'subnet-new': dynamic(() => networks().then((it) => it.SubnetNewPanel)),
  'subnet-edit': dynamic(() =>
    import('#features/networks/subnet-edit-panel.tsx').then((it) => it.SubnetEditPanel),
  ),
  'port-new': dynamic(() => networks().then((it) => it.PortNewPanel)),
  'port-edit': dynamic(() => import('#features/networks/port-edit-panel.tsx').then((it) => it.PortEditPanel)),
  'port-dhcp-options': dynamic(() =>
    import('#features/networks/dhcp-options-panel.tsx').then((it) => it.PortDhcpOptionsPanel),
  ),
  'router-new': dynamic(() => routers().then((it) => it.RouterNewPanel)),
  'router-edit': dynamic(() => routers().then((it) => it.RouterEditPanel)),
  'router-gateway': dynamic(() =>
    import('#features/routers/router-gateway-panel.tsx').then((it) => it.RouterGatewayPanel),
  ),
  'router-interface': dynamic(() => routers().then((it) => it.RouterInterfacePanel)),
  'router-routes': dynamic(() =>
    import('#features/routers/router-routes-panel.tsx').then((it) => it.RouterRoutesPanel),
  ),
  'floating-ip-new': dynamic(() => floatingIps().then((it) => it.FloatingIpNewPanel)),
  'floating-ip-edit': dynamic(() => floatingIps().then((it) => it.FloatingIpEditPanel)),
  'floating-ip-associate': dynamic(() => floatingIps().then((it) => it.FloatingIpAssociatePanel)),
  'floating-ip-forwardings': dynamic(() =>
    import('#features/floating-ips/forwardings-panel.tsx').then((it) => it.ForwardingsPanel),
  ),
  'instance-floating-ip': dynamic(() => floatingIps().then((it) => it.InstanceFloatingIpPanel)),
  'port-groups': dynamic(() =>
    import('#features/security-groups/port-groups-panel.tsx').then((it) => it.PortGroupsPanel),
  ),
  'instance-security-group': dynamic(() =>
    import('#features/security-groups/instance-group-panel.tsx').then((it) => it.InstanceSecurityGroupPanel),
  ),
  tags: dynamic(() => import('#features/tags/tags-panel.tsx').then((it) => it.TagsPanel)),
  'security-group-new': dynamic(() => securityGroups().then((it) => it.SecurityGroupNewPanel)),
  'security-group-edit': dynamic(() => securityGroups().then((it) => it.SecurityGroupEditPanel)),
  'security-rule-new': dynamic(() =>
    import('#features/security-groups/rule-new-panel.tsx').then((it) => it.SecurityRuleNewPanel),
  ),
  'qos-policy-new': dynamic(() => qos().then((it) => it.QosPolicyNewPanel)),
  'qos-policy-edit': dynamic(() => qos().then((it) => it.QosPolicyEditPanel)),
  'qos-policy-limits': dynamic(() => qos().then((it) => it.QosPolicyLimitsPanel)),
  'address-group-new': dynamic(() => addressGroups().then((it) => it.AddressGroupNewPanel)),
  'address-group-add': dynamic(() => addressGroups().then((it) => it.AddressGroupAddPanel)),
  'address-group-edit': dynamic(() => addressGroups().then((it) => it.AddressGroupEditPanel)),
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
  'host-evacuate': dynamic(() =>
    import('#features/hosts/host-evacuate-panel.tsx').then((it) => it.HostEvacuatePanel),
  ),
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
  ...volumePanelsOfEverybody,
  'image-edit',
  'image-share',
  'image-properties',
  'image-tags',
  'image-import',
  'image-delete',
  'network-edit',
  'network-delete',
  'network-share',
  'subnet-new',
  'subnet-edit',
  'port-new',
  'port-edit',
  'port-dhcp-options',
  'router-new',
  'router-edit',
  'router-gateway',
  'router-interface',
  'router-routes',
  'floating-ip-new',
  'floating-ip-edit',
  'floating-ip-associate',
  'floating-ip-forwardings',
  'instance-floating-ip',
  'port-groups',
  'instance-security-group',
  'tags',
  'security-group-new',
  'security-group-edit',
  'security-rule-new',
  'qos-policy-new',
  'qos-policy-edit',
  'qos-policy-limits',
  'address-group-new',
  'address-group-add',
  'address-group-edit',
  'server-group-new',
  'token-new',
]

/** The panel that the URL asks for, over whatever page is shown. Once around the signed-in pages. */
export function Panels() {
  const { panel, of, close } = usePanel()
  const { isAdmin } = useSession()
  if (!panel || (!isAdmin && !ofEverybody.includes(panel))) return null
  const needsId =
    !panel.endsWith('-new') || panel === 'subnet-new' || panel === 'port-new' || panel === 'security-rule-new'
  if (needsId && !of) return null
  const Panel = panels[panel]
  return <Panel key={`${panel} ${of}`} of={of ?? ''} onClose={close} />
}
