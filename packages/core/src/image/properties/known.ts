import { imageMachineKeys, type MachineKey, wrongValue } from '../../compute/machine/keys.ts'

/**
 * Properties of images that mean something, as data: the server refuses values that cannot be meant, the dashboard
 * offers them. Every other property is free text. The names are those of OpenStack.
 * Nothing here may import anything that only a server has.
 */

/** One property that means something. */
export interface KnownProperty {
  /** What it does or says, as a sentence. */
  what: string
  /** The allowed words; a whole number in this range; or null for any text. */
  values: MachineKey['values'] | null
  /** Texts that are common where any is allowed. */
  common?: readonly string[]
  group: 'system' | 'machine' | 'placement'
}

/** Python writes them with a capital letter. */
const yesNo = ['yes', 'no', 'true', 'false', 'True', 'False'] as const
const architectures = ['x86_64', 'aarch64', 'i686', 'ppc64le', 's390x', 'riscv64'] as const

const system: Record<string, Omit<KnownProperty, 'group'>> = {
  os_type: { what: 'The kind of operating system.', values: ['linux', 'windows'] },
  os_distro: {
    what: 'The distribution, in lower case.',
    values: null,
    common: [
      'debian',
      'ubuntu',
      'fedora',
      'centos',
      'rhel',
      'rocky',
      'almalinux',
      'opensuse',
      'sles',
      'arch',
      'alpine',
      'freebsd',
      'windows',
    ],
  },
  os_version: { what: 'The version of the distribution.', values: null },
  os_admin_user: { what: 'The user that people sign in as first.', values: null },
  os_require_quiesce: {
    what: 'Copies of a running instance are refused unless its file systems could be frozen.',
    values: yesNo,
  },
  hw_qemu_guest_agent: {
    what: 'The guest runs the QEMU guest agent: passwords can be set and file systems frozen.',
    values: yesNo,
  },
}

const placement: Record<string, Omit<KnownProperty, 'group'>> = {
  architecture: {
    what: 'The processor it is made for; only hosts with it are chosen.',
    values: null,
    common: architectures,
  },
  hw_architecture: {
    what: 'The processor it is made for; goes before architecture.',
    values: null,
    common: architectures,
  },
  img_hv_type: { what: 'The hypervisor it needs.', values: null, common: ['qemu', 'kvm'] },
  hypervisor_type: {
    what: 'The hypervisor it needs; img_hv_type goes before it.',
    values: null,
    common: ['qemu', 'kvm'],
  },
  hw_vm_mode: { what: 'How it is virtualised; hosts here do hvm only.', values: null, common: ['hvm'] },
  vm_mode: {
    what: 'How it is virtualised; hw_vm_mode goes before it.',
    values: null,
    common: ['hvm'],
  },
}

const grouped = (
  properties: Readonly<Record<string, Omit<KnownProperty, 'group'>>>,
  group: KnownProperty['group'],
): Record<string, KnownProperty> =>
  Object.fromEntries(Object.entries(properties).map(([name, known]) => [name, { ...known, group }]))

/** Every known property by its name. */
export const knownProperties: Readonly<Record<string, KnownProperty>> = {
  ...grouped(system, 'system'),
  ...grouped(imageMachineKeys, 'machine'),
  ...grouped(placement, 'placement'),
}

/** What is known of a property; undefined for free text. */
export const knownProperty = (name: string): KnownProperty | undefined =>
  Object.hasOwn(knownProperties, name) ? knownProperties[name] : undefined

/** What is wrong with a property's value, as a sentence; null when nothing is. */
export function wrongProperty(name: string, value: string): string | null {
  const known = knownProperty(name)
  if (!known?.values) return null
  if (known.values === yesNo)
    return (yesNo as readonly string[]).includes(value) ? null : `${name} must be yes or no.`
  return wrongValue(name, { what: known.what, values: known.values }, value)
}

/** Names that tools write where an image comes from; nobody has to edit them. */
export const isBookkeeping = (name: string): boolean =>
  name.startsWith('owner_specified.') ||
  ['image_type', 'instance_uuid', 'base_image_ref', 'user_id', 'owner_id', 'backup_type'].includes(name)
