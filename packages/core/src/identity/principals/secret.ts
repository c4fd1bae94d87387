import { createHash, randomBytes } from 'node:crypto'

/** A new secret of a session or token: 256 random bits, 43 characters that are safe in cookies and headers. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is stored of a secret. It is random, so a plain hash cannot be guessed back. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** False for what can be none of our secrets, and is not worth a query. */
export const looksLikeSecret = (secret: string): boolean => /^[\w-]{43}$/.test(secret)
