import {
  Activity,
  Archive,
  ArrowRightLeft,
  BookUser,
  Boxes,
  Camera,
  Combine,
  Database,
  Disc3,
  FolderKanban,
  Gauge,
  Globe,
  Group,
  HardDrive,
  KeyRound,
  Layers,
  MapPin,
  Network,
  Route,
  ScrollText,
  Server,
  Shapes,
  Share2,
  ShieldCheck,
  Timer,
  Users,
  Waypoints,
} from 'lucide-react'
import type { ComponentType } from 'react'
import { paths } from '#paths.ts'

/** One place to go to. */
export interface NavItem {
  label: string
  href: string
  icon: ComponentType<{ className?: string }>
  /** Pressed after `g`. */
  key: string
}

/** Places of a project. */
const projectNav: readonly NavItem[] = [
  { label: 'Overview', href: paths.overview(), icon: Gauge, key: 'o' },
  { label: 'Instances', href: paths.instances(), icon: Boxes, key: 'i' },
  { label: 'Images', href: paths.images(), icon: Disc3, key: 'm' },
  { label: 'Volumes', href: paths.volumes(), icon: HardDrive, key: 'b' },
  { label: 'Volume snapshots', href: paths.volumeSnapshots(), icon: Camera, key: 'x' },
  { label: 'Volume backups', href: paths.volumeBackups(), icon: Archive, key: 'j' },
  { label: 'Networks', href: paths.networks(), icon: Network, key: 'n' },
  { label: 'Routers', href: paths.routers(), icon: Waypoints, key: 't' },
  { label: 'Floating IPs', href: paths.floatingIps(), icon: Globe, key: 'l' },
  { label: 'Security groups', href: paths.securityGroups(), icon: ShieldCheck, key: 'y' },
  { label: 'QoS policies', href: paths.qosPolicies(), icon: Timer, key: 'q' },
  { label: 'Address groups', href: paths.addressGroups(), icon: BookUser, key: 'd' },
  { label: 'Topology', href: paths.topology(), icon: Share2, key: 'w' },
  { label: 'Reachability', href: paths.reachability(), icon: Route, key: 'c' },
  { label: 'Key pairs', href: paths.keyPairs(), icon: KeyRound, key: 'k' },
  { label: 'Server groups', href: paths.serverGroups(), icon: Combine, key: 's' },
  { label: 'Operations', href: paths.operations(), icon: Activity, key: 'p' },
]

/** What happened in the project, for those who do not see the whole cloud's. */
const projectAudit: NavItem = { label: 'Audit log', href: paths.audit(), icon: ScrollText, key: 'a' }

/** Places of administrators. */
export const adminNav: readonly NavItem[] = [
  { label: 'Hosts', href: paths.admin.hosts(), icon: Server, key: 'h' },
  { label: 'Migrations', href: paths.admin.migrations(), icon: ArrowRightLeft, key: 'v' },
  { label: 'Host aggregates', href: paths.admin.aggregates(), icon: Group, key: 'e' },
  { label: 'Availability zones', href: paths.admin.zones(), icon: MapPin, key: 'z' },
  { label: 'Flavors', href: paths.admin.flavors(), icon: Layers, key: 'f' },
  { label: 'Volume types', href: paths.admin.volumeTypes(), icon: Shapes, key: '1' },
  { label: 'Storage back ends', href: paths.admin.volumeBackends(), icon: Database, key: '2' },
  { label: 'Projects', href: paths.admin.projects(), icon: FolderKanban, key: 'r' },
  { label: 'Users', href: paths.admin.users(), icon: Users, key: 'u' },
  { label: 'Audit log', href: paths.admin.audit(), icon: ScrollText, key: 'a' },
]

/** Places of a project, for whoever is signed in. */
export const projectPlaces = (isAdmin: boolean): readonly NavItem[] =>
  isAdmin ? projectNav : [...projectNav, projectAudit]

/** Whether the page belongs to the place. */
export const isHere = (pathname: string, href: string): boolean =>
  href === paths.overview() ? pathname === href : pathname === href || pathname.startsWith(`${href}/`)
