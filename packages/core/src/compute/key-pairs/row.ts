import { isUniqueViolation, type KeyPair, newId } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, conflict, mutate, requireUser, takeQuota } from '../../kernel/index.ts'
import { type ParsedPublicKey, sha256Fingerprint } from './parse.ts'

/** A key pair as lists, `show` and events have it. */
export interface KeyPairRow {
  id: string
  name: string
  type: string
  publicKey: string
  /** MD5 in hex pairs with colons, as Nova shows it. */
  fingerprint: string
  /** As OpenSSH shows it. */
  fingerprintSha256: string
  createdAt: Date
}

/** The row of a stored key pair. */
export const keyPairRow = (key: KeyPair): KeyPairRow => ({
  id: key.id,
  name: key.name,
  type: key.type,
  publicKey: key.publicKey,
  fingerprint: key.fingerprint,
  fingerprintSha256: sha256Fingerprint(key.publicKey),
  createdAt: key.createdAt,
})

/** Nova's rule for names of key pairs. */
export const keyPairName = z
  .string()
  .trim()
  .min(1, 'A key pair needs a name.')
  .max(255, 'A name has at most 255 characters.')
  .regex(/^[A-Za-z0-9 _@.-]+$/, 'A name has letters, digits, blanks, and the signs _ - @ . only.')

/** Stores a key of the signed-in user. @throws NephosError conflict, quota_exceeded */
export async function storeKeyPair(
  ctx: Ctx,
  verb: string,
  name: string,
  key: ParsedPublicKey,
): Promise<KeyPairRow> {
  const { userId } = requireUser(ctx)
  try {
    return await mutate(ctx, async (tx) => {
      const stored = await tx.db.keyPair.create({
        data: { id: newId(), userId, name, publicKey: key.line, fingerprint: key.fingerprint },
      })
      const row = keyPairRow(stored)
      tx.audit({ verb, resourceType: 'key-pair', resourceId: stored.id, resourceName: name })
      tx.event({
        noun: 'key-pair',
        change: 'created',
        id: stored.id,
        audience: { kind: 'user', userId },
        data: { ...row, createdAt: row.createdAt.toISOString() },
      })
      await takeQuota(tx.db, userId, { key_pairs: 1 })
      return row
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw conflict(`You already have a key pair named ${name}.`, {
      field: 'name',
      remedy: 'Choose another name, or delete the old key pair first.',
      cause: error,
    })
  }
}
