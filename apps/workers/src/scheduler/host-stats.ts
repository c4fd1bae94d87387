import type { HostState } from './host-state.ts'

/** What capabilities and queries can ask of a host: Nova's names first, then the host's facts by their own. */
export function hostStat(host: HostState, name: string): string | number | null {
  const known = Object.hasOwn(stats, name) ? stats[name] : undefined
  if (known) return known(host)
  const fact = name
    .split(/[.:]/)
    .reduce<unknown>(
      (value, part) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      host.facts,
    )
  if (typeof fact === 'number' || typeof fact === 'string') return fact
  return typeof fact === 'boolean' ? String(fact) : null
}

const fact = (name: string) => (host: HostState) => {
  const value = (host.facts as Record<string, unknown> | null)?.[name]
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

const stats: Record<string, (host: HostState) => string | number | null> = {
  host: ({ name }) => name,
  hypervisor_hostname: ({ name }) => name,
  hypervisor_type: ({ computeDriver }) => computeDriver,
  hypervisor_version: fact('qemuVersion'),
  cpu_model: fact('cpuModel'),
  vcpus_total: ({ capacity }) => capacity.vcpus,
  vcpus_used: ({ usedVcpus }) => usedVcpus,
  total_usable_ram_mb: ({ capacity }) => capacity.ramMib,
  free_ram_mb: ({ free }) => free.ramMib,
  total_usable_disk_gb: ({ capacity }) => capacity.diskGib,
  free_disk_mb: ({ free }) => free.diskGib * 1024,
  num_instances: ({ instanceCount }) => instanceCount,
  num_io_ops: ({ ioOps }) => ioOps,
}

/** The host's architecture by the name that images use. */
export function architectureOf(host: HostState): string | null {
  const name = fact('architecture')(host)
  return typeof name === 'string' ? architecture(name) : null
}

const architectures: Record<string, string> = {
  x64: 'x86_64',
  amd64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
}

/** One name for each architecture, of the several that are in use. */
export const architecture = (name: string): string => architectures[name.toLowerCase()] ?? name.toLowerCase()
