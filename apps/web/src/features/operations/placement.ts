/** What one host said to one placement. */
export interface HostVerdict {
  host: string
  verdicts: {
    filter: string
    pass: boolean
    have: string | null
    need: string | null
    reason: string | null
  }[]
}

type Loose = Record<string, unknown>

/**
 * Reads the recorded verdicts, from an attempt or from the detail of a `no_valid_host` error. They are JSON of the
 * scheduler that wrote them, maybe an older one, so anything that is not understood is left out.
 */
export function readVerdicts(value: unknown): HostVerdict[] {
  const list = Array.isArray(value)
    ? value
    : (['verdicts', 'hosts'].map((key) => (value as Loose | null)?.[key]).find(Array.isArray) ?? [])
  return (list as Loose[]).flatMap((entry) => {
    const { host, verdicts } = entry ?? {}
    if (typeof host !== 'string' || !Array.isArray(verdicts)) return []
    return [{ host, verdicts: (verdicts as Loose[]).flatMap(readOne) }]
  })
}

function readOne(entry: Loose): HostVerdict['verdicts'] {
  const { filter, pass, have, need, reason } = entry
  if (typeof filter !== 'string' || typeof pass !== 'boolean') return []
  return [
    { filter, pass, have: text(have), need: text(need), reason: typeof reason === 'string' ? reason : null },
  ]
}

/** Numbers and words as they are; amounts by resource as "2 vcpus, 512 ram". */
function text(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  if (Array.isArray(value)) return value.map(text).filter(Boolean).join(', ') || null
  return Object.entries(value as Loose)
    .map(([name, amount]) => `${text(amount) ?? 'no'} ${name}`)
    .join(', ')
}

const titles: Record<string, string> = {
  compute: 'Compute service',
  vcpus: 'vCPUs',
  ram: 'Memory (MiB)',
  disk: 'Disk (GiB)',
}

/** A filter as people call it. */
export function filterTitle(filter: string): string {
  const text = titles[filter] ?? filter.replaceAll(/[-_]/g, ' ')
  return text.charAt(0) === 'v' ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
