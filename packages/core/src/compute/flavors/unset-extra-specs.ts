import { z } from 'zod'
import { defineVerb, NephosError } from '../../kernel/index.ts'
import { writeExtraSpecs } from './write-extra-specs.ts'

/** Takes extra specs away from a flavor. @throws NephosError not_found for the flavor or for one that it has not */
export const unsetFlavorExtraSpecs = defineVerb({
  name: 'compute.flavors.unsetExtraSpecs',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.string().min(1).max(255),
    keys: z.array(z.string().min(1).max(255)).min(1, 'Name at least one extra spec.').max(128),
  }),
  run: ({ ctx, input: { id, keys } }) =>
    writeExtraSpecs(ctx, 'compute.flavors.unsetExtraSpecs', id, (old) => {
      const missing = keys.find((key) => !Object.hasOwn(old, key))
      if (missing !== undefined)
        throw new NephosError('not_found', `The flavor has no extra spec ${missing}.`, {
          detail: { noun: 'extra spec', id: missing },
        })
      return Object.fromEntries(Object.entries(old).filter(([key]) => !keys.includes(key)))
    }),
})
