import { newId } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { hashSecret, newSecret } from '../principals/secret.ts'
import { type TokenRow, tokenRow } from './row.ts'

/** Writes a new token of a user on a project. @returns its row, and the secret that is shown only now */
export async function insertToken(
  tx: MutationTx,
  token: { userId: string; projectId: string; name: string; lifetimeSeconds: number; verb: string },
): Promise<TokenRow & { secret: string }> {
  const secret = newSecret()
  const created = await tx.db.token.create({
    data: {
      id: newId(),
      userId: token.userId,
      name: token.name,
      secretHash: hashSecret(secret),
      scopeType: 'project',
      scopeId: token.projectId,
      expiresAt: new Date(Date.now() + token.lifetimeSeconds * 1000),
    },
  })
  tx.audit({
    verb: token.verb,
    resourceType: 'token',
    resourceId: created.id,
    resourceName: created.name,
    projectId: token.projectId,
  })
  return { ...tokenRow(created), secret }
}
