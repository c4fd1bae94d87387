import type { AssignmentType, Token } from '@nephos/db'

/** A token without its secret. */
export interface TokenRow {
  id: string
  name: string
  scopeType: AssignmentType
  /** Id of the project or domain; `all` for the system. */
  scopeId: string
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
}

/** The row of a stored token. */
export const tokenRow = (token: Token): TokenRow => ({
  id: token.id,
  name: token.name,
  scopeType: token.scopeType,
  scopeId: token.scopeId,
  createdAt: token.createdAt,
  expiresAt: token.expiresAt,
  lastUsedAt: token.lastUsedAt,
})
