import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import type { StorageDaemon } from './daemon.ts'
import { type DiskPlace, linkBase } from './disk-files.ts'
import { asFileName, diskNodeName } from './disk-node.ts'
import { volumeFiles } from './paths.ts'
import { type ProgramOptions, runProgram } from './programs.ts'

/** QEMU measures how fast it is at deriving keys, and answers nothing meanwhile: seconds, on a loaded machine many. */
const formatMs = 120_000
const attempts = 8

interface Job {
  id: string
  status: string
  error?: string
}

/**
 * Makes an empty disk LUKS. It grows by what LUKS needs for itself, so that its guest sees all of its size.
 * @param daemon has the disk, and nobody is connected
 * @param passphrase base64 of text in UTF-8: QEMU takes no other. Random and long, so there is no use in making it slow to try: `iter-time` is short
 * @throws NephosError driver_failed
 */
export async function formatLuks(
  daemon: StorageDaemon,
  passphrase: string,
  sizeBytes: number,
): Promise<void> {
  await daemon.execute('object-add', { 'qom-type': 'secret', id: 'key', data: passphrase, format: 'base64' })
  for (let attempt = 1; ; attempt++) {
    const error = await tryFormat(daemon, sizeBytes)
    if (error === null) return
    // Its measurement fails now and then where the kernel counts CPU time in large steps.
    if (attempt === attempts) throw new NephosError('driver_failed', `LUKS: ${error}`)
  }
}

/** @returns what went wrong; null: nothing */
async function tryFormat(daemon: StorageDaemon, sizeBytes: number): Promise<string | null> {
  await daemon.execute('blockdev-create', {
    'job-id': 'format',
    options: { driver: 'luks', file: diskNodeName, size: sizeBytes, 'key-secret': 'key', 'iter-time': 10 },
  })
  for (;;) {
    const jobs = await daemon.execute<Job[]>('query-jobs', {}, formatMs)
    const ours = jobs.find(({ id }) => id === 'format')
    if (ours?.status !== 'concluded') {
      await sleep(10)
      continue
    }
    await daemon.execute('job-dismiss', { id: 'format' })
    return ours.error ?? null
  }
}

/**
 * Fills a disk that is LUKS with what is in an image. Zeroes are written as well: what was never written reads as
 * noise.
 * @throws NephosError driver_failed, cancelled
 */
export async function encryptImage(
  image: { path: string; format: 'qcow2' | 'raw' },
  place: DiskPlace,
  passphrase: string,
  work: Pick<ProgramOptions, 'signal' | 'onPercent'>,
): Promise<void> {
  const { data, user } = place
  await linkBase(place, image.path, image.format)
  const name = volumeFiles.base(image.format)
  const source = {
    driver: image.format,
    'read-only': true,
    file: { driver: 'file', filename: name, 'read-only': true },
    ...(image.format === 'qcow2' && { backing: null }),
  }
  const target = `driver=luks,key-secret=key,file.driver=qcow2,file.file.driver=file,file.file.filename=${volumeFiles.disk}`
  await runProgram(
    [
      ...['qemu-img', 'convert', '-p', '-n', '--object', 'secret,id=key,format=base64,file=/dev/stdin'],
      ...['--target-image-opts', asFileName(source), target],
    ],
    { user, cwd: data, input: passphrase, ...work },
  )
  await rm(join(data, name))
}

/** Where the guest's bytes begin, as the header of LUKS 1 says; null when this is none. */
export function luksPayloadOffset(header: Buffer): number | null {
  if (
    header.length < 108 ||
    header.toString('latin1', 0, 6) !== 'LUKS\xba\xbe' ||
    header.readUInt16BE(6) !== 1
  )
    return null
  return header.readUInt32BE(104) * 512
}
