import { z } from 'zod'
import { readJson, writeJson } from '../atomic-file.ts'

const record = z.object({
  version: z.literal(1),
  instanceId: z.string(),
  /** What the driver last made of it; `running` of a process that is gone means that it crashed. */
  state: z.enum(['off', 'running', 'crashed', 'suspended']),
  /** Offset in the serial log where the current boot began. */
  bootOffset: z.number(),
})

/** The driver's own notes on a machine. */
export type MachineRecord = z.infer<typeof record>

/** The notes on a machine; null when there are none. */
export async function readRecord(path: string): Promise<MachineRecord | null> {
  return record.safeParse(await readJson(path)).data ?? null
}

/** Keeps the notes on a machine. */
export const writeRecord = (path: string, notes: MachineRecord): Promise<void> => writeJson(path, notes)
