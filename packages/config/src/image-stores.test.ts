import { expect, it } from 'vitest'
import { imageStoreSettings, parseImageStore } from './image-stores.ts'
import { loadConfig } from './load.ts'

const load = (stores: string) => loadConfig({ env: { NEPHOS_IMAGE_STORES: stores }, cwd: '/' })

it('keeps images in the state directory unless told otherwise', () => {
  const config = loadConfig({ env: { NEPHOS_HOME: '/srv/cloud' }, cwd: '/' })
  expect(imageStoreSettings(config)).toEqual([
    { kind: 'filesystem', name: 'file', path: '/srv/cloud/images' },
  ])
})

it('reads several stores, the default one first', () => {
  const config = load(
    'archive=s3+https://AK:s%2Fk%2C1@s3.example.org/bucket/cloud/one?region=eu&format=raw, file, swift=swift+http://acct%3Auser:key@10.0.0.1:8080/auth/v1.0?container=c&segment_mib=8',
  )
  expect(imageStoreSettings(config)).toEqual([
    {
      kind: 's3',
      name: 'archive',
      format: 'raw',
      endpoint: 'https://s3.example.org',
      bucket: 'bucket',
      prefix: 'cloud/one/',
      region: 'eu',
      pathStyle: true,
      partBytes: 16 * 1_048_576,
      accessKeyId: 'AK',
      secretAccessKey: 's/k,1',
    },
    { kind: 'filesystem', name: 'file', path: expect.stringMatching(/\/images$/) },
    {
      kind: 'swift',
      name: 'swift',
      authUrl: 'http://10.0.0.1:8080/auth/v1.0',
      version: 1,
      user: 'acct:user',
      key: 'key',
      container: 'c',
      project: 'acct:user',
      domain: 'Default',
      region: undefined,
      segmentBytes: 8 * 1_048_576,
    },
  ])
  expect(parseImageStore('k=swift+https://u:p@h:5000/v3?project=service', '/')).toMatchObject({
    version: 3,
    authUrl: 'https://h:5000/v3',
    project: 'service',
  })
})

it.each([
  ['Upper', /name/],
  ['s3', /no address/],
  ['a=ftp://x/y', /not understood/],
  ['a=s3+file:///x', /not understood/],
  ['a=http://x/y', /not understood/],
  ['a=s3+https://host/bucket', /lacks a user/],
  ['a=s3+https://u:hidden@host/', /no bucket/],
  ['a=s3+https://u:hidden@host/b?part_mib=1', /parts/],
  ['a=swift+https://u:hidden@host/', /neither in/],
  ['a=swift+https://u:hidden@host/v3?segment_mib=0', /segments/],
  ['a=file:///x?format=vmdk', /neither qcow2/],
  ['file, file=file:///other', /twice/],
])('refuses %s without telling what it holds', (stores, words) => {
  let message = ''
  try {
    load(stores)
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toMatch(words)
  expect(message).not.toContain('hidden')
})
