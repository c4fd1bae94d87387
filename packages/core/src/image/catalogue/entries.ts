/** A cloud image that its distribution publishes at an address that does not change. */
export interface CatalogueEntry {
  id: string
  /** What the image is called when it is added. */
  name: string
  title: string
  what: string
  url: string
  /** Where people read about it. */
  home: string
  minDiskGib: number
  minRamMib: number
  properties: Record<string, string>
}

const gib = 1024

const linux = (distro: string, version: string, user: string): Record<string, string> => ({
  os_type: 'linux',
  os_distro: distro,
  os_version: version,
  os_admin_user: user,
  architecture: 'x86_64',
})

/** Well-known images, all of them qcow2 for x86-64 with cloud-init. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    id: 'debian-13',
    name: 'debian-13',
    title: 'Debian 13',
    what: 'Stable, small and plain.',
    url: 'https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2',
    home: 'https://cloud.debian.org/images/cloud/',
    minDiskGib: 3,
    minRamMib: gib / 2,
    properties: linux('debian', '13', 'debian'),
  },
  {
    id: 'debian-12',
    name: 'debian-12',
    title: 'Debian 12',
    what: 'The stable release before.',
    url: 'https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2',
    home: 'https://cloud.debian.org/images/cloud/',
    minDiskGib: 3,
    minRamMib: gib / 2,
    properties: linux('debian', '12', 'debian'),
  },
  {
    id: 'ubuntu-24.04',
    name: 'ubuntu-24.04',
    title: 'Ubuntu 24.04 LTS',
    what: 'Long-term support until 2029.',
    url: 'https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img',
    home: 'https://cloud-images.ubuntu.com/',
    minDiskGib: 4,
    minRamMib: gib,
    properties: linux('ubuntu', '24.04', 'ubuntu'),
  },
  {
    id: 'ubuntu-22.04',
    name: 'ubuntu-22.04',
    title: 'Ubuntu 22.04 LTS',
    what: 'Long-term support until 2027.',
    url: 'https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img',
    home: 'https://cloud-images.ubuntu.com/',
    minDiskGib: 3,
    minRamMib: gib,
    properties: linux('ubuntu', '22.04', 'ubuntu'),
  },
  {
    id: 'almalinux-9',
    name: 'almalinux-9',
    title: 'AlmaLinux 9',
    what: 'Compatible with Red Hat Enterprise Linux 9.',
    url: 'https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/AlmaLinux-9-GenericCloud-latest.x86_64.qcow2',
    home: 'https://almalinux.org/get-almalinux/',
    minDiskGib: 10,
    minRamMib: 1.5 * gib,
    properties: linux('almalinux', '9', 'almalinux'),
  },
  {
    id: 'rocky-9',
    name: 'rocky-9',
    title: 'Rocky Linux 9',
    what: 'Compatible with Red Hat Enterprise Linux 9.',
    url: 'https://dl.rockylinux.org/pub/rocky/9/images/x86_64/Rocky-9-GenericCloud-Base.latest.x86_64.qcow2',
    home: 'https://rockylinux.org/download',
    minDiskGib: 10,
    minRamMib: 1.5 * gib,
    properties: linux('rocky', '9', 'rocky'),
  },
  {
    id: 'centos-stream-9',
    name: 'centos-stream-9',
    title: 'CentOS Stream 9',
    what: 'What becomes the next minor release of Red Hat Enterprise Linux 9.',
    url: 'https://cloud.centos.org/centos/9-stream/x86_64/images/CentOS-Stream-GenericCloud-9-latest.x86_64.qcow2',
    home: 'https://cloud.centos.org/centos/9-stream/x86_64/images/',
    minDiskGib: 10,
    minRamMib: 1.5 * gib,
    properties: linux('centos', '9', 'cloud-user'),
  },
  {
    id: 'opensuse-leap-15.6',
    name: 'opensuse-leap-15.6',
    title: 'openSUSE Leap 15.6',
    what: 'Minimal system for clouds.',
    url: 'https://download.opensuse.org/distribution/leap/15.6/appliances/openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2',
    home: 'https://get.opensuse.org/leap/15.6/',
    minDiskGib: 24,
    minRamMib: gib,
    properties: linux('opensuse', '15.6', 'root'),
  },
  {
    id: 'arch',
    name: 'arch-linux',
    title: 'Arch Linux',
    what: 'Rolling release.',
    url: 'https://geo.mirror.pkgbuild.com/images/latest/Arch-Linux-x86_64-cloudimg.qcow2',
    home: 'https://gitlab.archlinux.org/archlinux/arch-boxes',
    minDiskGib: 40,
    minRamMib: gib / 2,
    properties: linux('arch', 'rolling', 'arch'),
  },
  {
    id: 'cirros-0.6.3',
    name: 'cirros-0.6.3',
    title: 'CirrOS 0.6.3',
    what: 'A few megabytes, to try things out. Its user signs in with the password gocubsgo.',
    url: 'https://download.cirros-cloud.net/0.6.3/cirros-0.6.3-x86_64-disk.img',
    home: 'https://github.com/cirros-dev/cirros',
    minDiskGib: 1,
    minRamMib: 128,
    properties: linux('cirros', '0.6.3', 'cirros'),
  },
]
