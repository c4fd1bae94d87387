import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { extraSpecs } from './extra-specs.ts'
import { writeExtraSpecs } from './write-extra-specs.ts'

/** Adds extra specs to a flavor, or gives them new values; others stay. @throws NephosError not_found, invalid_input */
export const setFlavorExtraSpecs = defineVerb({
  name: 'compute.flavors.setExtraSpecs',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.string().min(1).max(255), extraSpecs }),
  run: ({ ctx, input }) =>
    writeExtraSpecs(ctx, 'compute.flavors.setExtraSpecs', input.id, (old) => ({
      ...old,
      ...input.extraSpecs,
    })),
})
