'use client'
import { useQuery } from '@tanstack/react-query'
import {
  Archive,
  ArrowRight,
  Camera,
  Combine,
  Copy,
  Disc3,
  FolderKanban,
  Group as GroupIcon,
  HardDrive,
  Network,
  Server,
  ShieldCheck,
  Timer,
  User,
  Waypoints,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ComponentType, useDeferredValue } from 'react'
import type { AggregateRow } from '#features/aggregates/row.ts'
import { useAggregateActions } from '#features/aggregates/use-aggregate-actions.tsx'
import type { HostRow } from '#features/hosts/row.ts'
import { hostLook } from '#features/hosts/row.ts'
import { useHostActions } from '#features/hosts/use-host-actions.tsx'
import { type ImageRow, imageLook } from '#features/images/row.ts'
import { useImageActions } from '#features/images/use-image-actions.tsx'
import { type NetworkRow, networkLook } from '#features/networks/row.ts'
import { useNetworkActions } from '#features/networks/use-network-actions.tsx'
import type { ProjectRow } from '#features/projects/row.ts'
import { useProjectActions } from '#features/projects/use-project-actions.tsx'
import type { QosPolicyRow } from '#features/qos/row.ts'
import { useQosActions } from '#features/qos/use-qos-actions.tsx'
import { policyWords as limitWords } from '#features/qos/words.ts'
import { type RouterRow, routerLook, routerName } from '#features/routers/row.ts'
import { useRouterActions } from '#features/routers/use-router-actions.tsx'
import type { SecurityGroupRow } from '#features/security-groups/row.ts'
import { useSecurityGroupActions } from '#features/security-groups/use-security-group-actions.tsx'
import { policyWords, type ServerGroupRow } from '#features/server-groups/row.ts'
import { useServerGroupActions } from '#features/server-groups/use-server-group-actions.tsx'
import { useSession } from '#features/session/use-session.ts'
import type { UserRow } from '#features/users/row.ts'
import { useUserActions } from '#features/users/use-user-actions.tsx'
import { type BackupRow, backupLook } from '#features/volume-backups/row.ts'
import { useBackupActions } from '#features/volume-backups/use-backup-actions.tsx'
import { type SnapshotRow, snapshotLook } from '#features/volume-snapshots/row.ts'
import { useSnapshotActions } from '#features/volume-snapshots/use-snapshot-actions.tsx'
import { type VolumeRow, volumeLabel, volumeLook } from '#features/volumes/row.ts'
import { useVolumeActions } from '#features/volumes/use-volume-actions.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { copyWithToast } from '#ui/copy.tsx'
import { EnabledState, StateCell } from '#ui/state-cell.tsx'
import { Group, Item } from './palette-item.tsx'

/** Something that was found by name or id, other than an instance. */
export type Found =
  | { noun: 'image'; row: ImageRow }
  | { noun: 'volume'; row: VolumeRow }
  | { noun: 'volume-snapshot'; row: SnapshotRow }
  | { noun: 'volume-backup'; row: BackupRow }
  | { noun: 'network'; row: NetworkRow }
  | { noun: 'router'; row: RouterRow }
  | { noun: 'security-group'; row: SecurityGroupRow }
  | { noun: 'qos-policy'; row: QosPolicyRow }
  | { noun: 'server-group'; row: ServerGroupRow }
  | { noun: 'host'; row: HostRow }
  | { noun: 'aggregate'; row: AggregateRow }
  | { noun: 'project'; row: ProjectRow }
  | { noun: 'user'; row: UserRow }

const looks: Record<Found['noun'], { heading: string; icon: ComponentType<{ className?: string }> }> = {
  image: { heading: 'Images', icon: Disc3 },
  volume: { heading: 'Volumes', icon: HardDrive },
  'volume-snapshot': { heading: 'Volume snapshots', icon: Camera },
  'volume-backup': { heading: 'Volume backups', icon: Archive },
  network: { heading: 'Networks', icon: Network },
  router: { heading: 'Routers', icon: Waypoints },
  'security-group': { heading: 'Security groups', icon: ShieldCheck },
  'qos-policy': { heading: 'QoS policies', icon: Timer },
  'server-group': { heading: 'Server groups', icon: Combine },
  host: { heading: 'Hosts', icon: Server },
  aggregate: { heading: 'Host aggregates', icon: GroupIcon },
  project: { heading: 'Projects', icon: FolderKanban },
  user: { heading: 'Users', icon: User },
}

const pageOf = ({ noun, row }: Found): string =>
  ({
    image: paths.image,
    volume: (id: string) => paths.volume(id),
    'volume-snapshot': paths.volumeSnapshot,
    'volume-backup': paths.volumeBackup,
    network: (id: string) => paths.network(id),
    router: paths.router,
    'security-group': paths.securityGroup,
    'qos-policy': paths.qosPolicy,
    'server-group': paths.serverGroup,
    host: paths.admin.host,
    aggregate: paths.admin.aggregate,
    project: paths.admin.project,
    user: paths.admin.user,
  })[noun](row.id)

/** Everything but instances whose name or id was typed, asked from the server while typing. */
export function NounSearch({ search, onPick }: { search: string; onPick: (found: Found) => void }) {
  const trpc = useTRPC()
  const { isAdmin, project } = useSession()
  const text = useDeferredValue(search.trim())
  const input = { limit: 4, search: text }
  const mine = { enabled: text !== '' && project !== null, placeholderData: <T,>(before: T) => before }
  const admin = { enabled: text !== '' && isAdmin, placeholderData: <T,>(before: T) => before }
  const images = useQuery(trpc.image.images.list.queryOptions(input, mine))
  const volumes = useQuery(trpc.volume.volumes.list.queryOptions(input, mine))
  const snapshots = useQuery(trpc.volume.snapshots.list.queryOptions(input, mine))
  const backups = useQuery(trpc.volume.backups.list.queryOptions(input, mine))
  const networks = useQuery(trpc.network.networks.list.queryOptions(input, mine))
  const routers = useQuery(trpc.network.routers.list.queryOptions(input, mine))
  const groups = useQuery(trpc.compute.serverGroups.list.queryOptions(input, mine))
  const security = useQuery(trpc.network.securityGroups.list.queryOptions(input, mine))
  const limits = useQuery(trpc.network.qosPolicies.list.queryOptions(input, mine))
  const aggregates = useQuery(trpc.compute.aggregates.list.queryOptions(input, admin))
  const hosts = useQuery(trpc.compute.hosts.list.queryOptions(input, admin))
  const projects = useQuery(trpc.identity.projects.list.queryOptions(input, admin))
  const users = useQuery(trpc.identity.users.list.queryOptions(input, admin))
  if (text === '') return null
  const all: Found[] = [
    ...(images.data?.items ?? []).map((row): Found => ({ noun: 'image', row })),
    ...(volumes.data?.items ?? []).map(
      (row): Found => ({ noun: 'volume', row: { ...row, name: volumeLabel(row) } }),
    ),
    ...(snapshots.data?.items ?? []).map(
      (row): Found => ({ noun: 'volume-snapshot', row: { ...row, name: volumeLabel(row) } }),
    ),
    ...(backups.data?.items ?? []).map(
      (row): Found => ({ noun: 'volume-backup', row: { ...row, name: volumeLabel(row) } }),
    ),
    ...(networks.data?.items ?? []).map((row): Found => ({ noun: 'network', row })),
    ...(routers.data?.items ?? []).map(
      (row): Found => ({ noun: 'router', row: { ...row, name: routerName(row) } }),
    ),
    ...(security.data?.items ?? []).map((row): Found => ({ noun: 'security-group', row })),
    ...(limits.data?.items ?? []).map((row): Found => ({ noun: 'qos-policy', row })),
    ...(groups.data?.items ?? []).map((row): Found => ({ noun: 'server-group', row })),
    ...(aggregates.data?.items ?? []).map((row): Found => ({ noun: 'aggregate', row })),
    ...(hosts.data?.items ?? []).map((row): Found => ({ noun: 'host', row })),
    ...(projects.data?.items ?? []).map((row): Found => ({ noun: 'project', row })),
    ...(users.data?.items ?? []).map((row): Found => ({ noun: 'user', row })),
  ]
  return (Object.keys(looks) as Found['noun'][]).map((noun) => {
    const found = all.filter((each) => each.noun === noun)
    const { heading, icon } = looks[noun]
    return (
      found.length > 0 && (
        <Group key={noun} heading={heading}>
          {found.map((each) => (
            <Item
              key={each.row.id}
              value={`${noun} ${each.row.name} ${each.row.id}`}
              icon={icon}
              onSelect={() => onPick(each)}
              end={<FoundState found={each} />}
            >
              {each.row.name}
            </Item>
          ))}
        </Group>
      )
    )
  })
}

function FoundState({ found: { noun, row } }: { found: Found }) {
  if (noun === 'image') return <StateCell {...imageLook(row)} />
  if (noun === 'volume') return <StateCell {...volumeLook(row)} />
  if (noun === 'volume-snapshot') return <StateCell {...snapshotLook(row)} />
  if (noun === 'volume-backup') return <StateCell {...backupLook(row)} />
  if (noun === 'network') return <StateCell {...networkLook(row)} />
  if (noun === 'router') return <StateCell {...routerLook(row)} />
  if (noun === 'host') return <StateCell {...hostLook(row)} />
  if (noun === 'security-group') return <span className="text-subtle">{row.ruleCount} rules</span>
  if (noun === 'qos-policy') return <span className="text-subtle">{limitWords(row.rules)}</span>
  if (noun === 'server-group') return <span className="text-subtle">{policyWords(row)}</span>
  if (noun === 'aggregate') return <span className="text-subtle">{row.zone ?? 'no zone'}</span>
  return <EnabledState enabled={row.enabled} />
}

/** The same actions that lists and pages offer. */
export function FoundCommands({ found, leave }: { found: Found; leave: (then: () => void) => void }) {
  const router = useRouter()
  const actions = useActionsOf(found)
  return (
    <Group heading={found.row.name}>
      <Item value="open" icon={ArrowRight} onSelect={() => leave(() => router.push(pageOf(found)))}>
        Open
      </Item>
      {actions.map((action) => (
        <Item
          key={action.id}
          value={action.label}
          icon={action.icon}
          reason={action.reason}
          danger={action.danger}
          onSelect={() => leave(action.run)}
        >
          {action.label}
        </Item>
      ))}
      <Item value="copy id" icon={Copy} onSelect={() => leave(() => void copyWithToast(found.row.id, 'ID'))}>
        Copy ID
      </Item>
    </Group>
  )
}

function useActionsOf({ noun, row }: Found): ResolvedAction[] {
  const image = useImageActions()
  const volume = useVolumeActions()
  const snapshot = useSnapshotActions()
  const backup = useBackupActions()
  const network = useNetworkActions()
  const router = useRouterActions()
  const group = useServerGroupActions()
  const security = useSecurityGroupActions()
  const limits = useQosActions()
  const aggregate = useAggregateActions()
  const host = useHostActions()
  const project = useProjectActions()
  const user = useUserActions()
  if (noun === 'image') return image(row)
  if (noun === 'volume') return volume(row)
  if (noun === 'volume-snapshot') return snapshot(row)
  if (noun === 'volume-backup') return backup(row)
  if (noun === 'network') return network(row)
  if (noun === 'router') return router(row)
  if (noun === 'security-group') return security(row)
  if (noun === 'qos-policy') return limits(row)
  if (noun === 'server-group') return group(row)
  if (noun === 'aggregate') return aggregate(row)
  if (noun === 'host') return host(row)
  return noun === 'project' ? project(row) : user(row)
}
