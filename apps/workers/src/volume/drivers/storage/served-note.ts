import type { VolumeConnector } from '@nephos/core'
import { z } from 'zod'
import { readJson, writeJson } from '../../../compute/drivers/atomic-file.ts'

const noteSchema = z.object({
  connectors: z.array(
    z.object({
      hostName: z.string(),
      ip: z.string().nullable(),
      initiator: z.string(),
      instanceId: z.string(),
    }),
  ),
  number: z.number().int().nullable(),
})

/** Who is connected to a volume, and the number that its exporter gave it. Holds no secret. */
export interface ServedNote {
  connectors: VolumeConnector[]
  number: number | null
}

/** What is noted of a volume; nobody is connected where nothing is. */
export async function readServed(path: string): Promise<ServedNote> {
  const parsed = noteSchema.safeParse(await readJson(path))
  return parsed.success ? parsed.data : { connectors: [], number: null }
}

/** Notes who is connected. */
export const writeServed = (path: string, note: ServedNote): Promise<void> => writeJson(path, note)

const same = (a: VolumeConnector, b: VolumeConnector): boolean =>
  a.hostName === b.hostName && a.instanceId === b.instanceId

/** The connectors with this one among them, once. */
export const withConnector = (
  connectors: readonly VolumeConnector[],
  one: VolumeConnector,
): VolumeConnector[] => [...connectors.filter((other) => !same(other, one)), one]

/** The connectors without this one. */
export const withoutConnector = (
  connectors: readonly VolumeConnector[],
  one: VolumeConnector,
): VolumeConnector[] => connectors.filter((other) => !same(other, one))
