import { expect, test } from 'vitest'
import { isoImage } from './iso9660.ts'

const sector = 2048
const date = new Date('2031-02-03T04:05:06Z')

/** Reads an image as a guest does: from the Joliet volume down through the directories. */
function filesOf(image: Buffer): Map<string, Buffer> {
  const volume = image.subarray(17 * sector, 18 * sector)
  expect(volume.subarray(0, 7)).toEqual(Buffer.from('\x02CD001\x01', 'latin1'))
  const found = new Map<string, Buffer>()
  const walk = (at: number, size: number, path: string) => {
    const directory = image.subarray(at * sector, at * sector + size)
    for (let offset = 0; offset < size; ) {
      const length = directory[offset]!
      if (length === 0) {
        offset = (Math.floor(offset / sector) + 1) * sector
        continue
      }
      expect((offset % sector) + length).toBeLessThanOrEqual(sector)
      const record = directory.subarray(offset, offset + length)
      const name = record.subarray(33, 33 + record[32]!)
      const [place, bytes] = [record.readUInt32LE(2), record.readUInt32LE(10)]
      expect([record.readUInt32BE(6), record.readUInt32BE(14)]).toEqual([place, bytes])
      // The first two are the directory itself and its parent.
      if (name.length > 1) {
        const text = Buffer.from(name).swap16().toString('utf16le')
        if (record[25]! & 2) walk(place, bytes, `${path}${text}/`)
        else found.set(`${path}${text}`, image.subarray(place * sector, place * sector + bytes))
      }
      offset += length
    }
  }
  walk(volume.readUInt32LE(158), volume.readUInt32LE(166), '')
  return found
}

test('a guest finds every file with its bytes, in folders, by its long name', () => {
  const files = [
    { path: 'openstack/latest/meta_data.json', body: Buffer.from('{"a":1}') },
    { path: 'openstack/latest/user_data', body: Buffer.alloc(70_000, 7) },
    { path: 'ec2/latest/meta-data.json', body: Buffer.from('{}') },
    { path: 'empty', body: Buffer.alloc(0) },
  ]
  const found = filesOf(isoImage('config-2', files, date))
  expect([...found.keys()].sort()).toEqual(files.map(({ path }) => path).sort())
  for (const { path, body } of files) expect(Buffer.compare(found.get(path)!, body)).toBe(0)
})

test('a directory may be larger than a sector', () => {
  const files = Array.from({ length: 120 }, (_, index) => ({
    path: `many/a-file-with-a-rather-long-name-${index}.json`,
    body: Buffer.from(String(index)),
  }))
  const found = filesOf(isoImage('config-2', files, date))
  expect(found.size).toBe(files.length)
  for (const { path, body } of files) expect(found.get(path)?.toString()).toBe(body.toString())
})

test('it is labelled for who looks for it, whole sectors long, and the same for the same files', () => {
  const files = [{ path: 'x', body: Buffer.from('x') }]
  const image = isoImage('config-2', files, date)
  expect(image.toString('latin1', 16 * sector + 40, 16 * sector + 72).trimEnd()).toBe('config-2')
  expect(image.readUInt32LE(16 * sector + 80) * sector).toBe(image.length)
  expect(image.equals(isoImage('config-2', files, date))).toBe(true)
})
