import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { type Reached, reachAll } from './reach.ts'

/** Which images of the catalogue the cloud can fetch now; where it has no way to the internet, none of them. */
export const checkCatalogue = defineVerb({
  name: 'image.catalogue.check',
  kind: 'query',
  rule: { scope: 'project', role: 'member' },
  input: z.object({}),
  run: (): Promise<Reached[]> => reachAll(),
})
