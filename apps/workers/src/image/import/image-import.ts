import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { imageStoreSettings } from '@nephos/config'
import {
  allowance,
  announceImport,
  checkDeclared,
  dropStaging,
  failImport,
  finishImport,
  type Imported,
  type ImportState,
  imageStore,
  inspect,
  isConverted,
  loadImport,
  NephosError,
  openStaging,
  operationKey,
  type Services,
  stagedFile,
  systemCtx,
  withDiskFile,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import { ensureUser } from '../../compute/drivers/qemu/user.ts'
import { convertFile } from './convert.ts'
import { fetchFile } from './fetch-file.ts'
import type { Resolve } from './reachable.ts'
import { storeEverywhere } from './store-file.ts'

const mib = 2 ** 20
const fetched = z.object({ sha512: z.string().nullable() })
const disk = z.object({
  path: z.string(),
  format: z.string(),
  virtualSize: z.number(),
  /** Of the bytes as they arrived, when they are to be stored as they are. */
  sha512: z.string().nullable(),
})
const imported = z.object({
  size: z.number(),
  virtualSize: z.number(),
  diskFormat: z.string(),
  md5: z.string(),
  sha512: z.string(),
  stores: z.array(z.string()),
  key: z.string(),
}) satisfies z.ZodType<Imported>

/**
 * Gives an image its bytes: fetches them where they are not staged, judges them, converts what machines cannot start
 * from, and stores them.
 * @param resolve how names become addresses, where a test says so
 */
export const imageImport = (services: Services, resolve?: Resolve): Saga<ImportState> => {
  const { config } = services
  const ctx = systemCtx(services, 'image-import')
  const keyOf = ({ image, task }: ImportState) => operationKey(image.id, task.operationId)
  return {
    name: 'image-import',
    steps: [
      {
        name: 'fetch',
        run: async ({ state: { image, task }, signal, progress }) => {
          const path = stagedFile(config, image.id)
          if (task.method === 'glance-direct') {
            if (!(await stat(path).catch(() => null)))
              throw new NephosError('conflict', 'The file that was uploaded is gone.', {
                remedy: 'Upload it again.',
              })
            return { sha512: null }
          }
          await openStaging(config)
          const { sha512 } = await fetchFile({
            task,
            path,
            signal,
            resolve,
            rules: { ports: config.imageImportPorts, networks: config.imageImportNetworks },
            allow: await allowance(ctx, services.db, image.projectId),
            onBytes: throttled((done, total) => {
              progress(
                `Fetching the file (${Math.floor(done / mib)} of ${total === null ? '?' : Math.ceil(total / mib)} MiB)`,
                total === null ? undefined : Math.floor((60 * done) / Math.max(1, total)),
              )
              announceImport(services, image, done, total)
            }),
          })
          return { sha512 }
        },
        undo: ({ state }) => dropStaging(config, state.image.id),
      },
      {
        name: 'convert',
        run: async ({ state: { image, task }, outputs, signal, progress }) => {
          progress('Checking the file', 60)
          const source = stagedFile(config, image.id)
          const found = await withDiskFile(source, inspect)
          checkDeclared(image.diskFormat, found.format)
          const preferred = imageStoreSettings(config).find(({ name }) => name === task.stores[0])?.format
          const to = isConverted(found.format) ? (preferred ?? 'qcow2') : preferred
          // A CD is attached as it is.
          if (!to || found.format === to || found.format === 'iso') {
            const format = image.diskFormat === 'raw' ? 'raw' : found.format
            const { sha512 } = fetched.parse(outputs.fetch)
            return { path: source, format, virtualSize: found.virtualSize, sha512 }
          }
          const allow = await allowance(ctx, services.db, image.projectId)
          if (to === 'raw') allow(found.virtualSize)
          const path = await convertFile({
            source,
            format: found.format,
            to,
            dir: `${source}.convert`,
            virtualSize: found.virtualSize,
            mostBytes: largest(config.imageSizeCap),
            user: await ensureUser(config.qemuUser),
            signal,
            onPercent: (percent) =>
              progress(`Converting ${found.format} to ${to} (${percent} %)`, 60 + Math.floor(percent / 7)),
          })
          // The tool's own work is judged as everybody else's is.
          const made = await withDiskFile(path, inspect)
          return { path, format: to, virtualSize: made.virtualSize, sha512: null }
        },
        undo: ({ state }) =>
          rm(`${stagedFile(config, state.image.id)}.convert`, { recursive: true, force: true }),
      },
      {
        name: 'store',
        run: async ({ state, outputs, signal, progress }) => {
          const { path, format, virtualSize, sha512 } = disk.parse(outputs.convert)
          const { size } = await stat(path)
          ;(await allowance(ctx, services.db, state.image.projectId))(size)
          const { stores, allStoresMustSucceed } = state.task
          const kept = await storeEverywhere({
            stores: stores.map((name) => imageStore(config, name)),
            key: keyOf(state),
            open: async () => createReadStream(path, { highWaterMark: 262_144 }),
            size,
            sha512,
            allMustSucceed: allStoresMustSucceed,
            signal,
            onBytes: throttled((done) => {
              const percent = 75 + Math.floor((25 * done) / Math.max(1, size * stores.length))
              progress(`Storing the image (${Math.floor(done / mib)} MiB)`, Math.min(99, percent))
            }),
            onFailure: (err, store) => services.log.warn({ err, store }, 'an image store took no copy'),
          })
          return { ...kept, virtualSize, diskFormat: format, key: keyOf(state) }
        },
        undo: async ({ state }) => {
          for (const name of state.task.stores) await imageStore(config, name).delete(keyOf(state))
        },
      },
    ],
    load: (operation) => loadImport(services, operation),
    succeed: async (state, outputs) => {
      await finishImport(ctx, state, imported.parse(outputs.store))
      // What stays now is removed with whatever else is left there.
      await dropStaging(config, state.image.id).catch((err) =>
        services.log.warn({ err, imageId: state.image.id }, 'a staged file stays for now'),
      )
    },
    fail: (state, failure) => failImport(ctx, state, failure.message),
  }
}

/** prlimit takes no more. */
const largest = (bytes: number) => Math.min(bytes, Number.MAX_SAFE_INTEGER)

/** Calls through at most four times a second. */
export function throttled<Args extends unknown[]>(call: (...args: Args) => void): (...args: Args) => void {
  let last = 0
  return (...args) => {
    const now = Date.now()
    if (now - last < 250) return
    last = now
    call(...args)
  }
}
