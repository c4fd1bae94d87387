import { invalid, NephosError } from '../../kernel/errors.ts'
import { flavorMachineKeys, imageMachineKeys, wrongValue } from './keys.ts'

/** How the CPUs look to the guest; their product is the number of vCPUs. */
export interface CpuTopology {
  sockets: number
  cores: number
  threads: number
}

/** Limits on the CPU time of a whole machine; null where there is none. */
export interface CpuLimits {
  /** Microseconds of CPU time that all of its vCPUs together may use in each period. */
  quotaUs: number | null
  periodUs: number
  /** Weight against other machines; 1024 is usual. */
  shares: number | null
}

/** Limits of each disk, per second; null where there is none. */
export interface DiskLimits {
  readBytes: number | null
  writeBytes: number | null
  totalBytes: number | null
  readIops: number | null
  writeIops: number | null
  totalIops: number | null
}

/** What one interface may carry in one direction. */
export interface RateLimit {
  bytesPerSecond: number
  /** Bytes that may come at once; null: what the rate makes sensible. */
  burstBytes: number | null
}

/** Limits of each interface, as the guest sees them: inbound is to the guest. */
export interface VifLimits {
  inbound: RateLimit | null
  outbound: RateLimit | null
}

/** What a machine is made like, besides its sizes. */
export interface MachineOptions {
  machineType: 'pc' | 'q35'
  firmware: 'bios' | 'uefi'
  diskBus: 'virtio' | 'scsi'
  vifModel: 'virtio' | 'e1000' | 'e1000e' | 'rtl8139'
  cpuTopology: CpuTopology
  /** Null: the best that the accelerator can give. */
  cpuModel: string | null
  videoModel: 'vga' | 'cirrus' | 'virtio' | 'none'
  rng: { bytes: number; periodMs: number } | 'unlimited' | 'none'
  /** What happens when the guest hangs; null: it has no watchdog. */
  watchdog: 'reset' | 'poweroff' | 'pause' | 'none' | null
  cpuLimits: CpuLimits | null
  diskLimits: DiskLimits | null
}

/** Where an instance has its options from. Both as stored: a flat object of texts, or null. */
export interface MachineSource {
  vcpus: number
  extraSpecs: unknown
  imageProperties: unknown
}

/**
 * What the machine of an instance is made like. A pure function. The flavor wins over the image where both can say it.
 * @throws NephosError invalid_input naming flavorId or imageId, with the key that is wrong
 */
export function machineOptions({ vcpus, extraSpecs, imageProperties }: MachineSource): MachineOptions {
  const flavor = textsOf(extraSpecs)
  const image = textsOf(imageProperties)
  for (const [key, rule] of Object.entries(flavorMachineKeys))
    if (flavor[key] !== undefined) refuse('flavorId', key, wrongValue(key, rule, flavor[key]))
  for (const [key, rule] of Object.entries(imageMachineKeys))
    if (image[key] !== undefined) refuse('imageId', key, wrongValue(key, rule, image[key]))
  const watchdog = flavor['hw:watchdog_action'] ?? image.hw_watchdog_action ?? 'disabled'
  return {
    machineType: (image.hw_machine_type ?? 'pc') as MachineOptions['machineType'],
    firmware: (image.hw_firmware_type ?? 'bios') as MachineOptions['firmware'],
    diskBus: (image.hw_disk_bus ?? 'virtio') as MachineOptions['diskBus'],
    vifModel: (image.hw_vif_model ?? 'virtio') as MachineOptions['vifModel'],
    cpuTopology: topology(vcpus, flavor, image),
    cpuModel: image.hw_cpu_model ?? null,
    videoModel: (image.hw_video_model ?? 'vga') as MachineOptions['videoModel'],
    rng: rng(flavor),
    watchdog: watchdog === 'disabled' ? null : (watchdog as MachineOptions['watchdog']),
    cpuLimits: cpuLimits(vcpus, flavor),
    diskLimits: diskLimits(flavor),
  }
}

/**
 * What the interfaces of an instance may carry, from its flavor's extra specs; null where nothing limits them.
 * Values that are wrong, of rows older than the check, limit nothing.
 */
export function vifLimits(extraSpecs: unknown): VifLimits | null {
  const flavor = textsOf(extraSpecs)
  const direction = (name: 'inbound' | 'outbound'): RateLimit | null => {
    const average = numberOf(flavor, `quota:vif_${name}_average`)
    if (!average) return null
    const burst = numberOf(flavor, `quota:vif_${name}_burst`)
    return { bytesPerSecond: average * 1_000, burstBytes: burst ? burst * 1_000 : null }
  }
  const limits = { inbound: direction('inbound'), outbound: direction('outbound') }
  return limits.inbound || limits.outbound ? limits : null
}

type Texts = Readonly<Record<string, string>>

/** The texts of a stored JSON object, whatever it is. */
const textsOf = (json: unknown): Texts =>
  json !== null && typeof json === 'object'
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]))
    : {}

function refuse(field: 'flavorId' | 'imageId', key: string, why: string | null): void {
  if (!why) return
  const owner = field === 'flavorId' ? 'flavor' : 'image'
  throw new NephosError('invalid_input', `The ${owner} cannot be used: ${why}`, {
    field,
    remedy: `Choose another ${owner}, or correct ${key}.`,
    detail: { key },
  })
}

const numberOf = (texts: Texts, key: string): number | null => {
  const value = texts[key]
  const rule = flavorMachineKeys[key] ?? imageMachineKeys[key]
  return value !== undefined && rule && !wrongValue(key, rule, value) ? Number(value) : null
}

/** The flavor's wish, or else the image's; what neither says is filled so that the product fits. */
function topology(vcpus: number, flavor: Texts, image: Texts): CpuTopology {
  const wish = (part: keyof CpuTopology) =>
    numberOf(flavor, `hw:cpu_${part}`) ?? numberOf(image, `hw_cpu_${part}`)
  const [sockets, cores, threads] = [wish('sockets'), wish('cores'), wish('threads') ?? 1]
  const given = (sockets ?? 1) * (cores ?? 1) * threads
  const left = vcpus / given
  const open = sockets === null || cores === null
  if (!Number.isInteger(left) || (!open && left !== 1)) {
    const named = Object.keys(flavor).some((key) => /^hw:cpu_(sockets|cores|threads)$/.test(key))
    throw invalid(
      named ? 'flavorId' : 'imageId',
      `The ${named ? 'flavor' : 'image'} asks for ${sockets ?? 'any'} sockets, ${cores ?? 'any'} cores and ${threads} threads, which do not make ${vcpus} vCPUs.`,
      'Choose another flavor or image, or correct hw:cpu_sockets, hw:cpu_cores and hw:cpu_threads.',
    )
  }
  if (cores === null) return { sockets: sockets ?? 1, cores: left, threads }
  return { sockets: sockets ?? left, cores, threads }
}

function rng(flavor: Texts): MachineOptions['rng'] {
  if (flavor['hw_rng:allowed'] === 'false') return 'none'
  const bytes = numberOf(flavor, 'hw_rng:rate_bytes')
  return bytes === null ? 'unlimited' : { bytes, periodMs: numberOf(flavor, 'hw_rng:rate_period') ?? 1_000 }
}

function cpuLimits(vcpus: number, flavor: Texts): CpuLimits | null {
  const quota = numberOf(flavor, 'quota:cpu_quota')
  const shares = numberOf(flavor, 'quota:cpu_shares')
  if (quota === null && shares === null) return null
  const periodUs = numberOf(flavor, 'quota:cpu_period') ?? 100_000
  return { quotaUs: quota === null ? null : quota * vcpus, periodUs, shares }
}

function diskLimits(flavor: Texts): DiskLimits | null {
  const of = (name: string) => numberOf(flavor, `quota:disk_${name}_sec`)
  const limits: DiskLimits = {
    readBytes: of('read_bytes'),
    writeBytes: of('write_bytes'),
    totalBytes: of('total_bytes'),
    readIops: of('read_iops'),
    writeIops: of('write_iops'),
    totalIops: of('total_iops'),
  }
  for (const [what, total, parts] of [
    ['bytes', limits.totalBytes, [limits.readBytes, limits.writeBytes]],
    ['iops', limits.totalIops, [limits.readIops, limits.writeIops]],
  ] as const)
    if (total !== null && parts.some((part) => part !== null))
      refuse(
        'flavorId',
        `quota:disk_total_${what}_sec`,
        `quota:disk_total_${what}_sec cannot be combined with a limit of reads or writes alone.`,
      )
  return Object.values(limits).some((limit) => limit !== null) ? limits : null
}
