import { randomBytes } from 'node:crypto'
import { type Algorithm, hash, verify } from '@node-rs/argon2'

// One of OWASP's equivalent settings for Argon2id (19 MiB, 2 passes, 1 lane); the salt is 16 random bytes.
const options = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The password as it is stored: Argon2id in PHC string format. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFC'), options)

let decoy: Promise<string> | undefined

/**
 * True when the password is the one behind `stored`. Without a stored hash it does the same work in vain, so that the
 * time of the answer does not tell whether the user exists.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  const matches = await verify(stored ?? (await decoy), password.normalize('NFC'))
  return matches && stored != null
}
