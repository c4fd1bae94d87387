import { randomBytes } from 'node:crypto'
import type { MetadataDocument } from './document.ts'
import { ec2Document } from './ec2.ts'
import { openstackDocument } from './openstack.ts'
import type { MetadataSource } from './source.ts'

/** The parts of a request's path: decoded, without empty ones; null when it is not valid. */
export function metadataPath(url: string): string[] | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '')
      .split('/')
      .filter((part) => part !== '')
  } catch {
    return null
  }
}

/** What the metadata service answers to a GET of the path, or null for "not found". */
export function metadataDocument(
  source: MetadataSource,
  path: readonly string[],
  randomSeed: () => Uint8Array = () => randomBytes(512),
): MetadataDocument | null {
  return path[0] === 'openstack'
    ? openstackDocument(source, path.slice(1), randomSeed)
    : ec2Document(source, path)
}

/** True for the one path that a guest may write: `/openstack/<version>/password`. */
export const isPasswordPath = (path: readonly string[]): boolean =>
  path.length === 3 &&
  path[0] === 'openstack' &&
  path[2] === 'password' &&
  path[1] !== '2012-08-10' &&
  path[1] !== 'content'
