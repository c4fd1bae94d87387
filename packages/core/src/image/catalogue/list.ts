import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { type CatalogueEntry, catalogue } from './entries.ts'

/** Well-known cloud images that can be added by their address. */
export const listCatalogue = defineVerb({
  name: 'image.catalogue.list',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({}),
  run: async (): Promise<CatalogueEntry[]> => [...catalogue],
})
