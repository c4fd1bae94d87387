import { imageStoreSettings } from '@nephos/config'
import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'

/** A store of images. */
export interface ImageStoreRow {
  name: string
  kind: 'filesystem' | 's3' | 'swift'
  /** New images go there. */
  isDefault: boolean
  /** Format that imported images get there; null: only what machines cannot start from is converted. */
  format: 'qcow2' | 'raw' | null
}

/** The stores of images, the default one first. */
export const listImageStores = defineVerb({
  name: 'image.stores.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({}),
  run: async ({ ctx }): Promise<ImageStoreRow[]> =>
    imageStoreSettings(ctx.config).map(({ name, kind, format }, index) => ({
      name,
      kind,
      isDefault: index === 0,
      format: format ?? null,
    })),
})
