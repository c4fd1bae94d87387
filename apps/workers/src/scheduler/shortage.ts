import { filters } from './filters/index.ts'
import type { HostVerdict } from './place.ts'

const named = 3

/** One line on why no host would do: "not enough RAM (host1: 120 MiB free, 512 MiB needed)". */
export function shortage(table: HostVerdict[]): string {
  if (table.length === 0) return 'no host has joined the cloud yet'
  return filters
    .map(({ name, noun }) => ({
      noun,
      failed: table.flatMap(({ host, verdicts }) => {
        const verdict = verdicts.find(({ filter, pass }) => filter === name && !pass)
        return verdict ? [`${host}: ${verdict.reason}`] : []
      }),
    }))
    .filter(({ failed }) => failed.length > 0)
    .sort((a, b) => b.failed.length - a.failed.length)
    .map(({ noun, failed }) => {
      const more = failed.length - named
      return `not enough ${noun} (${failed.slice(0, named).join('; ')}${more > 0 ? `; and ${more} more` : ''})`
    })
    .join(', ')
}
