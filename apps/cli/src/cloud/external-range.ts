import { overlaps, parseCidr } from '@nephos/core/addresses'
import { z } from 'zod'
import { attempt } from '../prepare/run.ts'

/** What is tried in turn. */
export const externalRanges = Array.from({ length: 28 }, (_, index) => `172.24.${4 + index}.0/24`)

const addressSchema = z.array(
  z.object({
    addr_info: z
      .array(z.object({ family: z.string(), local: z.string(), prefixlen: z.number() }))
      .default([]),
  }),
)
const routeSchema = z.array(z.object({ dst: z.string() }))

/** The ranges that this machine has, by its addresses and its routes. */
export async function machineRanges(): Promise<string[]> {
  const ask = async (...args: string[]) => {
    const { stdout } = await attempt('ip', ['-j', '-4', ...args], { timeoutMs: 10_000 })
    return JSON.parse(stdout.trim() || '[]') as unknown
  }
  const addresses = addressSchema.parse(await ask('addr', 'show'))
  const routes = routeSchema.parse(await ask('route', 'show'))
  return [
    ...addresses.flatMap(({ addr_info }) => addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)),
    ...routes
      .filter(({ dst }) => dst !== 'default')
      .map(({ dst }) => (dst.includes('/') ? dst : `${dst}/32`)),
  ]
}

/** The first range that shares no address with what is taken; null when all of them do. */
export const freeRange = (
  taken: readonly string[],
  ranges: readonly string[] = externalRanges,
): string | null =>
  ranges.find((range) => {
    const own = parseCidr(range)!
    return taken.every((one) => {
      const other = parseCidr(one)
      return other === null || !overlaps(own, other)
    })
  }) ?? null
