import type { MutationTx } from '../../kernel/index.ts'

/** Tells every process that a session or token has ended, so that what is open in its name ends at once. */
export const credentialEnded = (tx: MutationTx, userId: string, id: string): void =>
  tx.event({ noun: 'session', change: 'deleted', id, audience: { kind: 'user', userId }, data: null })
