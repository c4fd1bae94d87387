import { type ImageStoreSettings, imageStoreSettings, type NephosConfig } from '@nephos/config'
import { NephosError } from '../../kernel/index.ts'
import { ControlStore } from './control.ts'
import type { ImageStore } from './define.ts'
import { FilesystemStore } from './filesystem.ts'
import { S3Store } from './s3.ts'
import { SwiftStore } from './swift.ts'

/** What says where the files of images are. */
export type StoreConfig = Pick<
  NephosConfig,
  'home' | 'hostName' | 'controlUrl' | 'hostSecret' | 'imageStores'
>

/** Stores keep connections and tokens, so a process has one of each. */
const opened = new Map<string, ImageStore>()

function open(settings: ImageStoreSettings): ImageStore {
  const key = JSON.stringify(settings)
  const found = opened.get(key)
  if (found) return found
  const store =
    settings.kind === 'filesystem'
      ? new FilesystemStore(settings.path, settings.name)
      : settings.kind === 's3'
        ? new S3Store(settings)
        : new SwiftStore(settings)
  opened.set(key, store)
  return store
}

/**
 * The store of that name, or the one that new images go to: here, or where the cloud's API runs when this is a host on
 * another machine.
 * @throws NephosError unavailable when no store of that name is configured any more
 */
export function imageStore(config: StoreConfig, name?: string): ImageStore {
  const { controlUrl, hostSecret, hostName } = config
  if (controlUrl && hostSecret)
    return new ControlStore({ url: controlUrl, hostName, secret: hostSecret, store: name })
  const all = imageStoreSettings(config)
  const settings = name === undefined ? all[0] : all.find((it) => it.name === name)
  if (settings) return open(settings)
  throw new NephosError('unavailable', `The image store ${name} is not configured here any more.`, {
    remedy: 'Name it in image_stores again.',
  })
}

/** Every store of the cloud, the default one first. Only where its control plane runs. */
export const imageStores = (config: StoreConfig): ImageStore[] => imageStoreSettings(config).map(open)
