import type { RouterOutputs } from '#trpc/client.ts'

/** The limits of a project with what it uses. */
export type Quotas = RouterOutputs['identity']['quotas']['show']

/** What a new volume takes from each quota. */
export const volumeAmounts = (typeName: string | undefined, sizeGib: number): Record<string, number> => ({
  volumes: 1,
  gigabytes: sizeGib,
  ...(typeName && { [`volumes_${typeName}`]: 1, [`gigabytes_${typeName}`]: sizeGib }),
})

/** What it takes that a volume becomes larger. */
export const extendAmounts = (
  { typeName, sizeGib }: { typeName: string; sizeGib: number },
  to: number,
): Record<string, number> => ({
  gigabytes: to - sizeGib,
  [`gigabytes_${typeName}`]: to - sizeGib,
})

/** What a snapshot takes: also the GiB of its volume, as they may all be written anew. */
export const snapshotAmounts = ({
  typeName,
  sizeGib,
}: {
  typeName: string
  sizeGib: number
}): Record<string, number> => ({
  snapshots: 1,
  gigabytes: sizeGib,
  [`snapshots_${typeName}`]: 1,
  [`gigabytes_${typeName}`]: sizeGib,
})

/** The largest volume there can be, in GiB. */
const mostGib = 65_536

/** Why a text is not the size of a volume, as a sentence; null: it is. */
export function sizeProblem(
  text: string,
  { least = 1, because, quotas }: { least?: number; because?: string; quotas?: Quotas } = {},
): string | null {
  if (!/^\d{1,6}$/.test(text.trim())) return 'The size is a whole number of GiB.'
  const size = Number(text.trim())
  if (size < least) return because ?? `It needs at least ${least} GiB.`
  if (size > mostGib) return `A volume has at most ${mostGib} GiB.`
  const limit = quotas?.find(({ resource }) => resource === 'per_volume_gigabytes')?.limit ?? -1
  return limit >= 0 && size > limit ? `A volume of this project has at most ${limit} GiB.` : null
}

/** The first quota that would be exceeded, as a sentence; null: none. */
export function quotaProblem(
  quotas: Quotas | undefined,
  amounts: Record<string, number>,
  label: (resource: string) => string,
): string | null {
  const short = quotas?.find(
    ({ resource, used, limit }) =>
      limit >= 0 && (amounts[resource] ?? 0) > 0 && used + (amounts[resource] ?? 0) > limit,
  )
  return short ? `The quota of the project does not allow it: ${label(short.resource).toLowerCase()}.` : null
}
