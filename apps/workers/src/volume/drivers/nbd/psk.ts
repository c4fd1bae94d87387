import { createHash } from 'node:crypto'

/** Name under which the key of a volume goes; there is one a volume. */
export const pskUser = 'nephos'

/** The key with which both ends show that they may, made of the secret of the volume's export: 64 hex digits. */
export const pskOf = (secret: string): string =>
  createHash('sha256').update(`nephos nbd ${secret}`).digest('hex')
