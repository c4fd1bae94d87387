import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { parsePublicKey } from './parse.ts'
import { type KeyPairRow, keyPairName, storeKeyPair } from './row.ts'

/**
 * Stores a public key that the user already has (RSA, Ed25519, ECDSA or a security key).
 * @throws NephosError invalid_input, conflict when the name is taken, quota_exceeded
 */
export const importKeyPair = defineVerb({
  name: 'compute.keyPairs.import',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({
    name: keyPairName,
    publicKey: z.string().max(16_384, 'A public key has at most 16384 characters.'),
  }),
  run: ({ ctx, input }): Promise<KeyPairRow> =>
    storeKeyPair(ctx, 'compute.keyPairs.import', input.name, parsePublicKey(input.publicKey)),
})
