import { randomBytes } from 'node:crypto'
import { ec2MetaData } from './ec2.ts'
import { openstackDocument } from './openstack.ts'
import type { MetadataSource } from './source.ts'

/** A file of a config drive: its path below the root, and its bytes. */
export interface ConfigDriveFile {
  path: string
  body: Uint8Array
}

/**
 * The files of an instance's config drive: what the metadata service would answer, in the newest version of the
 * OpenStack tree and of the EC2 tree, as Nova writes them.
 */
export function configDriveFiles(
  source: MetadataSource,
  randomSeed: () => Uint8Array = () => randomBytes(512),
): ConfigDriveFile[] {
  const files: ConfigDriveFile[] = []
  const put = (path: string, body: string | Uint8Array) =>
    files.push({ path, body: typeof body === 'string' ? Buffer.from(body) : body })
  for (const name of [
    'meta_data.json',
    'network_data.json',
    'user_data',
    'vendor_data.json',
    'vendor_data2.json',
  ]) {
    const document = openstackDocument(source, ['latest', name], randomSeed)
    if (document) put(`openstack/latest/${name}`, document.body)
  }
  put('ec2/latest/meta-data.json', JSON.stringify(ec2MetaData(source)))
  if (source.userData) put('ec2/latest/user-data', source.userData)
  return files
}
