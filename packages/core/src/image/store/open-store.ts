import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { NephosError } from '../../kernel/index.ts'
import { ControlStore } from './control.ts'
import type { ImageStore } from './define.ts'
import { FilesystemStore } from './filesystem.ts'

/** What says where the files of images are. */
type StoreConfig = Pick<NephosConfig, 'home' | 'hostName' | 'controlUrl' | 'hostSecret'>

/** The store that new images go to: here, or where the cloud's API runs when this is a host on another machine. */
export const imageStore = ({ home, hostName, controlUrl, hostSecret }: StoreConfig): ImageStore =>
  controlUrl && hostSecret
    ? new ControlStore({ url: controlUrl, hostName, secret: hostSecret })
    : new FilesystemStore(join(home, 'images'))

/** The store and key of an image's location. @throws NephosError internal when the location names no known store */
export function resolveLocation(config: StoreConfig, location: string): { store: ImageStore; key: string } {
  const store = imageStore(config)
  const [name, key] = location.split(/:(.*)/s)
  if (name !== store.name || !key) throw new NephosError('internal', `No image store is called ${name}.`)
  return { store, key }
}
