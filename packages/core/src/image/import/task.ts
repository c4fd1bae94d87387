import type { Image } from '@nephos/db'
import { z } from 'zod'

/** Ways in which an image gets its bytes, as OpenStack's image service calls them. */
export const importMethods = ['glance-direct', 'web-download', 'copy-image'] as const

/** Where a file is fetched from. */
export const importUri = z.string().trim().max(2048)

const hash = z.object({
  algorithm: z.enum(['sha256', 'sha512', 'md5']),
  value: z
    .string()
    .toLowerCase()
    .regex(/^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128})$/, 'A hash is 32, 64 or 128 hex digits.'),
})

/** How an image is being imported, as its row has it. */
export const importTaskSchema = z.object({
  operationId: z.uuid(),
  method: z.enum(['glance-direct', 'web-download']),
  uri: z.string().optional(),
  hash: hash.optional(),
  /** Names of stores, the first of which decides the format. */
  stores: z.array(z.string()).min(1),
  allStoresMustSucceed: z.boolean(),
})
export type ImportTask = z.infer<typeof importTaskSchema>

/** What is expected of the bytes that a URL gives. */
export const expectedHash = hash

/** The task of an image that is being imported, or null. */
export function importTaskOf({ importTask }: Pick<Image, 'importTask'>): ImportTask | null {
  const parsed = importTaskSchema.safeParse(importTask)
  return parsed.success ? parsed.data : null
}

/** The key under which an operation keeps the bytes of an image: the same however often it is tried. */
export const operationKey = (imageId: string, operationId: string): string =>
  `${imageId}.${operationId.replaceAll('-', '').slice(-24)}`

/** The key that a running import fills. */
export const importKey = (imageId: string, importTask: unknown): string =>
  operationKey(imageId, importTaskSchema.safeParse(importTask).data?.operationId ?? '')
