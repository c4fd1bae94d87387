import { join } from 'node:path'
import { z } from 'zod'

/** One file that is to be fetched. */
const offeredFile = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/),
  bytes: z.number().int().min(0),
  mode: z.number().int(),
})

/**
 * Where the files of a machine can be fetched: by whoever has the secret, for one move, until the door is closed.
 */
export const fileOffer = z.object({
  migrationId: z.uuid(),
  host: z.string(),
  port: z.number().int(),
  secret: z.string(),
  files: z.array(offeredFile).max(64),
  /** Whoever gets the files sees the disks already. */
  sharedDisks: z.boolean().default(false),
})
export type FileOffer = z.infer<typeof fileOffer>

/** Where files are: a directory for all of them, or the path of each. */
export type Place = string | ((name: string) => string)

/** Path of a file in its place. */
export const pathIn = (place: Place, name: string): string =>
  typeof place === 'string' ? join(place, name) : place(name)

/** How this host reaches the others. */
export interface Underlay {
  /** Its own address there. */
  address: string
  /** Network namespace that has this address; null for this process's own. */
  netns: string | null
}
