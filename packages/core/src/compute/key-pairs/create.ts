import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { generateKeyPair } from './generate.ts'
import { parsePublicKey } from './parse.ts'
import { type KeyPairRow, keyPairName, storeKeyPair } from './row.ts'

/**
 * Makes an Ed25519 key pair of the user. The private key is in this answer only; it is stored nowhere.
 * @throws NephosError conflict when the name is taken, quota_exceeded
 */
export const createKeyPair = defineVerb({
  name: 'compute.keyPairs.create',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ name: keyPairName }),
  run: async ({ ctx, input }): Promise<KeyPairRow & { privateKey: string }> => {
    const { publicKey, privateKey } = generateKeyPair(input.name)
    const row = await storeKeyPair(ctx, 'compute.keyPairs.create', input.name, parsePublicKey(publicKey))
    return { ...row, privateKey }
  },
})
