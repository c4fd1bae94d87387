import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { type FlavorRow, findFlavor, flavorRow } from './row.ts'

/** One flavor. @throws NephosError not_found */
export const showFlavor = defineVerb({
  name: 'compute.flavors.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.string().min(1).max(255) }),
  run: async ({ ctx, input }): Promise<FlavorRow> => flavorRow(await findFlavor(ctx, input.id)),
})
