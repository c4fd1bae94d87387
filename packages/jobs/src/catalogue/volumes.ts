import { z } from 'zod'

const limit = z.number().positive().optional()

const route = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: z.string(), format: z.enum(['raw', 'qcow2']) }),
  z.object({
    kind: z.literal('iscsi'),
    portal: z.string(),
    target: z.string(),
    lun: z.number().int(),
    user: z.string(),
    password: z.string(),
    initiator: z.string(),
  }),
  z.object({
    kind: z.literal('nbd'),
    address: z.union([
      z.object({ path: z.string() }),
      z.object({ host: z.string(), port: z.number().int() }),
    ]),
    name: z.string(),
    psk: z.object({ user: z.string(), key: z.string() }).optional(),
  }),
  z.object({ kind: z.literal('aoe'), shelf: z.number().int(), slot: z.number().int() }),
  z.object({ kind: z.literal('simulated') }),
])

const connection = z.object({
  volumeId: z.uuid(),
  attachmentId: z.uuid(),
  route,
  sizeBytes: z.number().int(),
  readOnly: z.boolean(),
  limits: z.object({
    totalIops: limit,
    readIops: limit,
    writeIops: limit,
    totalBytes: limit,
    readBytes: limit,
    writeBytes: limit,
    totalIopsMax: limit,
    readIopsMax: limit,
    writeIopsMax: limit,
    totalBytesMax: limit,
    readBytesMax: limit,
    writeBytesMax: limit,
  }),
  /** Base64. */
  passphrase: z.string().nullable(),
})

const connector = z.object({
  hostName: z.string().min(1),
  ip: z.string().nullable(),
  initiator: z.string(),
  instanceId: z.uuid(),
})

/** Live questions about volumes. */
export const volumeRequests = {
  /**
   * Let a host use the volume of an attachment, which from then on is attaching; asked at the host that has the bytes.
   * Idempotent; a second host is let in beside the first while the instance moves. The answer holds secrets: it is
   * neither stored nor logged.
   */
  'volume.connect': {
    role: 'volume',
    input: z.object({ attachmentId: z.uuid(), connector }),
    output: connection,
    timeoutMs: 30_000,
    bound: true,
  },
  /** The host does not use the volume any more: it is shut out. Idempotent; an attachment that is gone is fine. */
  'volume.disconnect': {
    role: 'volume',
    input: z.object({ attachmentId: z.uuid(), volumeId: z.uuid(), connector }),
    output: z.object({}),
    timeoutMs: 30_000,
    bound: true,
  },
  /** The volume is larger by now: show it to the guest. Asked at the host of the instance. Idempotent. */
  'volume.grown': {
    role: 'compute',
    input: z.object({ instanceId: z.uuid(), volumeId: z.uuid(), sizeBytes: z.number().int() }),
    output: z.object({}),
    timeoutMs: 15_000,
  },
} as const
