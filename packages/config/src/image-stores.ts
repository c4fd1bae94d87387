import { join } from 'node:path'

/** What every image store has beside what its kind needs. */
interface Common {
  name: string
  /** Format that imported images get there; missing: only what machines cannot start from is converted. */
  format?: 'qcow2' | 'raw'
}

/** A directory. */
export interface FilesystemStoreSettings extends Common {
  kind: 'filesystem'
  path: string
}

/** A bucket of S3 or of a server that speaks it. */
export interface S3StoreSettings extends Common {
  kind: 's3'
  endpoint: string
  bucket: string
  /** Before every key; empty, or ending in a slash. */
  prefix: string
  region: string
  /** The bucket stands in the path of addresses, not in the name of the server. */
  pathStyle: boolean
  /** Smallest size of the parts that files are sent in; two of them are in memory. */
  partBytes: number
  accessKeyId: string
  secretAccessKey: string
}

/** A container of OpenStack Swift. */
export interface SwiftStoreSettings extends Common {
  kind: 'swift'
  /** Keystone v3 (`…/v3`), or the v1 authentication of Swift itself (`…/auth/v1.0`). */
  authUrl: string
  version: 1 | 3
  user: string
  key: string
  container: string
  project: string
  domain: string
  region?: string
  /** Smallest size of the segments that files are stored in. */
  segmentBytes: number
}

export type ImageStoreSettings = FilesystemStoreSettings | S3StoreSettings | SwiftStoreSettings

const form = /^([a-z0-9][a-z0-9-]{0,31})(?:=(.+))?$/
const mib = 1_048_576

/** Reads one word of `image_stores`. @throws Error saying what is wrong with it, without what it holds */
export function parseImageStore(word: string, home: string): ImageStoreSettings {
  const [, name, address] = form.exec(word) ?? []
  if (!name) throw new Error('a store needs a name of lower-case letters, digits and hyphens')
  if (address === undefined) {
    if (name !== 'file') throw new Error(`the store ${name} has no address`)
    return { kind: 'filesystem', name, path: join(home, 'images') }
  }
  const [, kind, rest] = /^(?:(s3|swift)\+)?((?:file|https?):\/\/.+)$/.exec(address) ?? []
  if (!rest || (kind === undefined) !== rest.startsWith('file:') || !URL.canParse(rest))
    throw new Error(`the address of the store ${name} is not understood`)
  const url = new URL(rest)
  const format = url.searchParams.get('format') ?? undefined
  if (format !== undefined && format !== 'qcow2' && format !== 'raw')
    throw new Error(`the format of the store ${name} is neither qcow2 nor raw`)
  const common = { name, ...(format && { format: format as 'qcow2' | 'raw' }) }
  if (kind === undefined) return { kind: 'filesystem', ...common, path: decodeURIComponent(url.pathname) }
  const [user, secret] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  if (!user || !secret) throw new Error(`the address of the store ${name} lacks a user or a key`)
  return kind === 's3' ? s3(url, common, user, secret) : swift(url, common, user, secret)
}

function s3(url: URL, common: Common, accessKeyId: string, secretAccessKey: string): S3StoreSettings {
  const [bucket = '', ...folders] = decodeURIComponent(url.pathname).split('/').filter(Boolean)
  if (!bucket) throw new Error(`the address of the store ${common.name} names no bucket`)
  const partBytes = Number(url.searchParams.get('part_mib') ?? 16) * mib
  if (!Number.isInteger(partBytes) || partBytes < 5 * mib || partBytes > 1024 * mib)
    throw new Error(`the parts of the store ${common.name} have no size from 5 to 1024 MiB`)
  return {
    kind: 's3',
    ...common,
    endpoint: url.origin,
    bucket,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    region: url.searchParams.get('region') ?? 'us-east-1',
    pathStyle: url.searchParams.get('style') !== 'virtual',
    partBytes,
    accessKeyId,
    secretAccessKey,
  }
}

function swift(url: URL, common: Common, user: string, key: string): SwiftStoreSettings {
  const version = /\/v3\/?$/.test(url.pathname) ? 3 : /\/v1(\.0)?\/?$/.test(url.pathname) ? 1 : null
  if (!version) throw new Error(`the address of the store ${common.name} ends neither in /v3 nor in /v1.0`)
  const of = (parameter: string) => url.searchParams.get(parameter) ?? undefined
  const segmentBytes = Number(of('segment_mib') ?? 256) * mib
  if (!Number.isInteger(segmentBytes) || segmentBytes < mib || segmentBytes > 4096 * mib)
    throw new Error(`the segments of the store ${common.name} have no size from 1 to 4096 MiB`)
  return {
    kind: 'swift',
    ...common,
    authUrl: `${url.origin}${url.pathname.replace(/\/$/, '')}`,
    version,
    user,
    key,
    container: of('container') ?? 'images',
    project: of('project') ?? user,
    domain: of('domain') ?? 'Default',
    region: of('region'),
    segmentBytes,
  }
}

/** Every image store, the one that new images go to first. */
export const imageStoreSettings = ({
  home,
  imageStores,
}: {
  home: string
  imageStores: readonly string[]
}): ImageStoreSettings[] => imageStores.map((word) => parseImageStore(word, home))
