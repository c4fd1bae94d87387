import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { root } from '../installation.ts'
import { capture } from './run.ts'
import { hashSources } from './sources.ts'

const imageFile = (config: NephosConfig): string => join(statePaths(config).guest, 'nephos-tiny.qcow2')
const stampFile = (config: NephosConfig): string => join(statePaths(config).guest, 'built-from')

/** Path of the tiny guest image; null when it has not been built here. */
export const findGuestImage = (config: NephosConfig): string | null =>
  existsSync(imageFile(config)) ? imageFile(config) : null

/** Names what the image was made from; empty when there is none. */
export const guestHash = (config: NephosConfig): string =>
  existsSync(imageFile(config)) && existsSync(stampFile(config))
    ? readFileSync(stampFile(config), 'utf8').trim()
    : ''

/** True when the image was made from the files of guest/ that are here now. */
export const isGuestBuilt = (config: NephosConfig): boolean => guestHash(config) === hashSources(['guest'])

/** Builds the tiny guest image out of Debian packages. @throws Failure with what the script said */
export async function buildGuest(config: NephosConfig): Promise<void> {
  const hash = hashSources(['guest'])
  mkdirSync(statePaths(config).guest, { recursive: true })
  await capture(join(root, 'guest/build.sh'), [imageFile(config)], { timeoutMs: 300_000 })
  writeFileSync(stampFile(config), `${hash}\n`)
}
