import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'
import { NephosError } from '../../kernel/index.ts'
import type { ImageStore } from './define.ts'
import { FilesystemStore } from './filesystem.ts'

/** The store that new images go to. */
export const imageStore = ({ home }: Pick<NephosConfig, 'home'>): ImageStore =>
  new FilesystemStore(join(home, 'images'))

/** The store and key of an image's location. @throws NephosError internal when the location names no known store */
export function resolveLocation(
  config: Pick<NephosConfig, 'home'>,
  location: string,
): { store: ImageStore; key: string } {
  const store = imageStore(config)
  const [name, key] = location.split(/:(.*)/s)
  if (name !== store.name || !key) throw new NephosError('internal', `No image store is called ${name}.`)
  return { store, key }
}
