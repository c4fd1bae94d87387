import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson } from '../../../compute/drivers/atomic-file.ts'
import { writeIfChanged } from './files.ts'
import type { NetworkPaths } from './names.ts'

const recordSchema = z.object({ networkId: z.string(), segmentId: z.number() })

/** A network that was made on this host: enough to take it away when nothing else is known of it any more. */
export type NetworkRecord = z.output<typeof recordSchema>

/** The networks that were made here, as their directories have it; what cannot be read is left out. */
export async function readRecords(directory: string): Promise<NetworkRecord[]> {
  const names = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const read = await Promise.all(
    names
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readJson(join(directory, name, 'network.json'))),
  )
  return read.map((value) => recordSchema.safeParse(value)).flatMap(({ data }) => (data ? [data] : []))
}

/** Notes that a network is being made here. */
export async function writeRecord(
  paths: Pick<NetworkPaths, 'record'>,
  { networkId, segmentId }: NetworkRecord,
): Promise<void> {
  await writeIfChanged(paths.record, `${JSON.stringify({ networkId, segmentId })}\n`)
}
