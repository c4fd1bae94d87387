import { z } from 'zod'

const instances = z
  .union([z.uuid().transform((id) => [id]), z.array(z.uuid()).min(1).max(16, 'Name at most 16 instances.')])
  .optional()

/** Scheduler hints by Nova's names. `group` is the same as `serverGroupId`. */
export const hintsInput = z.strictObject({
  group: z.uuid().optional(),
  /** Instances of the project to be on a host with: one of them is enough. */
  same_host: instances,
  /** Instances of the project to be on no host with. */
  different_host: instances,
  /** What the host must be, in Nova's JSON notation; see `parseHostQuery`. */
  query: z.string().max(4_096).optional(),
})

/** What an instance keeps of it; `host` is the name of the only host that an administrator wants it on. */
const stored = hintsInput.extend({ host: z.string().max(255).optional() })
export type Hints = z.output<typeof stored>

/** The hints as an instance stores them; anything else is none. */
export function storedHints(json: unknown): Hints {
  if (json === null) return {}
  const parsed = stored.safeParse(json)
  return parsed.success ? parsed.data : {}
}
