import type { Image } from '@nephos/db'
import { z } from 'zod'
import {
  conflict,
  defineVerb,
  invalid,
  isAdmin,
  type MutationTx,
  mutate,
  NephosError,
} from '../../kernel/index.ts'
import { findOwnImage } from '../images/find.ts'
import { type ImageRow, imageChanged, imageParts, imageRow } from '../images/row.ts'
import { imageStores, type StoreConfig } from '../store/open-store.ts'
import { beginCopy } from './copy.ts'
import { expectedHash, type ImportTask, importMethods, importUri } from './task.ts'

const input = z.object({
  id: z.uuid(),
  method: z.enum(importMethods),
  /** For `web-download`: where the file is. */
  uri: importUri.optional(),
  /** For `web-download`: what its bytes have to be. */
  hash: expectedHash.optional(),
  /** Names of stores; left out: the default one. */
  stores: z.array(z.string()).max(32).optional(),
  allStores: z.boolean().default(false),
  /** False: one store that works is enough. */
  allStoresMustSucceed: z.boolean().default(true),
})

/**
 * Has an image get its bytes in the background: from its staged file (`glance-direct`), from a URL (`web-download`), or,
 * for one that has them, copied to further stores (`copy-image`). What machines cannot start from is converted. An
 * import that fails leaves nothing behind, and the image is queued again and says why.
 * @throws NephosError conflict when the image is in another state than the method needs; invalid_input
 */
export const importImage = defineVerb({
  name: 'image.images.import',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input,
  run: ({
    ctx,
    input: { id, method, uri, hash, ...wishes },
  }): Promise<{ operationId: string; image: ImageRow }> =>
    mutate(ctx, async (tx) => {
      const image = await findOwnImage(ctx, id, tx.db)
      if (uri !== undefined && method !== 'web-download')
        throw invalid('uri', 'An address is for the method web-download only.')
      const stores = chosenStores(ctx.config, wishes)
      const { allStoresMustSucceed } = wishes
      if (method !== 'copy-image') {
        if (method === 'web-download') checkUri(uri)
        return beginImport(tx, image, { method, uri, hash, stores, allStoresMustSucceed })
      }
      if (!isAdmin(ctx.actor))
        throw new NephosError('forbidden', 'Only administrators copy images to other stores.', {
          remedy: 'Ask an administrator to do it.',
        })
      return beginCopy(tx, image, { stores, allStoresMustSucceed })
    }),
})

/** Names of the stores that were asked for. @param field how the caller calls them @throws NephosError invalid_input */
export function chosenStores(
  config: StoreConfig,
  { stores, allStores = false }: { stores?: string[]; allStores?: boolean },
  field = 'stores',
): string[] {
  const known = imageStores(config).map(({ name }) => name)
  if (allStores) return known
  if (!stores || stores.length === 0) return known.slice(0, 1)
  const unknown = stores.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw invalid(field, `There is no image store ${unknown}.`, `Choose among ${known.join(', ')}.`)
  return [...new Set(stores)]
}

/** What can be told of an address without asking it. @param field how the caller calls it @throws NephosError invalid_input */
export function checkUri(uri: string | undefined, field = 'uri'): void {
  const url = uri && URL.canParse(uri) ? new URL(uri) : null
  if (!url)
    throw invalid(field, 'Give the whole address of the file, such as https://example.org/disk.qcow2.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(field, 'Files are fetched over http and https only.')
  if (url.username || url.password)
    throw invalid(field, 'An address with a password would be seen by everybody who sees the operation.')
}

const needs = { 'glance-direct': 'uploading', 'web-download': 'queued' } as const

/** Starts the import of an image, in the caller's transaction. @throws NephosError conflict */
export async function beginImport(
  tx: MutationTx,
  image: Image,
  wish: Omit<ImportTask, 'operationId'>,
): Promise<{ operationId: string; image: ImageRow }> {
  const status = needs[wish.method]
  if (image.status !== status || (status === 'uploading' && image.stagedBytes === null))
    throw conflict(
      wish.method === 'glance-direct'
        ? `No file is staged for image ${image.name}.`
        : `Image ${image.name} is ${image.status}: a queued one can be imported.`,
      { detail: { status: image.status } },
    )
  const operationId = tx.operation({
    kind: 'image-import',
    projectId: image.projectId,
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    input: JSON.parse(JSON.stringify(wish)),
  })
  const { count } = await tx.db.image.updateMany({
    where: { id: image.id, generation: image.generation, status },
    data: {
      status: 'importing',
      importTask: JSON.parse(JSON.stringify({ operationId, ...wish })),
      failure: null,
      uploadToken: null,
      uploadExpiresAt: null,
      uploadedBytes: 0,
      uploadSize: image.stagedBytes,
      generation: { increment: 1 },
    },
  })
  if (count === 0) throw conflict(`Image ${image.name} was just changed by someone else.`)
  tx.job('image.import', { operationId, imageId: image.id })
  tx.audit({
    verb: 'image.images.import',
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    projectId: image.projectId,
    detail: { method: wish.method, uri: wish.uri ?? null, stores: wish.stores },
  })
  const importing = await tx.db.image.findUniqueOrThrow({
    where: { id: image.id },
    include: imageParts,
  })
  imageChanged(tx, 'updated', importing)
  return { operationId, image: imageRow(importing, image.projectId) }
}
