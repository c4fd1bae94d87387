import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NephosError } from '../../kernel/index.ts'
import type { DiskFile } from './disk-file.ts'
import { withDiskFile } from './disk-file.ts'
import { inspect } from './inspect.ts'

const mib = 2 ** 20
let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-foreign-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const inMemory = (bytes: Buffer): DiskFile => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})
const refusal = async (bytes: Buffer): Promise<NephosError> => {
  const error: unknown = await inspect(inMemory(bytes)).then(
    (found) => new Error(`accepted as ${found.format}`),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'invalid_input', field: 'file' })
  return error as NephosError
}

const hasTool = (() => {
  try {
    execFileSync('qemu-img', ['--version'])
    return true
  } catch {
    return false
  }
})()

/** A disk of 3 MiB and 512 bytes with something in it, as qemu-img writes it. */
function make(format: string, options: string[] = []): Buffer {
  const raw = Buffer.alloc(3 * mib + 512)
  raw.write('something', mib)
  writeFileSync(join(dir, 'raw'), raw)
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, ...options, 'raw', 'disk'], { cwd: dir })
  return readFileSync(join(dir, 'disk'))
}
const changed = (bytes: Buffer, change: (bytes: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}
/** Puts other text in place of some of the same length. */
const replaced = (bytes: Buffer, old: string, text: string): Buffer =>
  changed(bytes, (copy) => {
    const at = copy.indexOf(old)
    expect(at).toBeGreaterThan(0)
    copy.write(text.padEnd(old.length, '\n'), at, old.length, 'latin1')
  })

describe.runIf(hasTool)('what qemu-img makes', () => {
  it.each([
    ['vmdk', 'vmdk', []],
    ['vmdk', 'vmdk', ['-o', 'subformat=streamOptimized']],
    ['vhd', 'vpc', []],
    ['vhd', 'vpc', ['-o', 'subformat=fixed,force_size=on']],
    ['vhdx', 'vhdx', []],
    ['vhdx', 'vhdx', ['-o', 'subformat=fixed']],
    ['vdi', 'vdi', []],
    ['vdi', 'vdi', ['-o', 'static=on']],
    ['qcow2', 'qcow2', []],
    ['raw', 'raw', []],
  ] as const)('is known as %s (%s %j)', async (format, name, options) => {
    make(name, [...options])
    const found = await withDiskFile(join(dir, 'disk'), inspect)
    expect(found.format).toBe(format)
    // Some formats know whole blocks or cylinders only.
    expect(found.virtualSize).toBeGreaterThanOrEqual(3 * mib + 512)
    expect(found.virtualSize).toBeLessThan(5 * mib)
  })

  it.each(['monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])(
    'is refused when it is more than one file (VMDK %s)',
    async (subformat) => {
      const bytes = make('vmdk', ['-o', `subformat=${subformat}`])
      expect((await refusal(bytes)).message).toMatch(/VMDK/)
    },
  )
})

describe.runIf(hasTool)('malicious files', () => {
  let vmdk: Buffer
  let stream: Buffer
  let vhd: Buffer
  let vhdx: Buffer
  let vdi: Buffer
  beforeAll(() => {
    vmdk = make('vmdk')
    stream = make('vmdk', ['-o', 'subformat=streamOptimized'])
    vhd = make('vpc')
    vhdx = make('vhdx')
    vdi = make('vdi')
  })

  it('VMDK: refuses everything that leads to another file', async () => {
    for (const [old, text, words] of [
      ['createType="monolithicSparse"', 'createType="monolithicFlat"', /not one whole file/],
      ['createType="monolithicSparse"', 'createType="custom"', /not one whole file/],
      ['parentCID=ffffffff', 'parentCID=00000001', /below it/],
      ['ddb.virtualHWVersion', 'parentFileNameHint="/e', /below it/],
      ['SPARSE "disk"', 'FLAT "/etc" 0', /other files/],
      ['SPARSE "disk"', 'SPARSE "/et"', /other files/],
      ['# The Disk Data Base', 'RW 1 FLAT "x" 0', /other files/],
    ] as const)
      expect((await refusal(replaced(vmdk, old, text))).message).toMatch(words)
  })

  const gdOf = (bytes: Buffer) => Number(bytes.readBigUInt64LE(56)) * 512

  /** As products write it that cannot go back: the header leaves the place of the grain directory to a footer. */
  function withFooter(change: (bytes: Buffer) => Buffer = (bytes) => bytes): Buffer {
    const first = changed(stream, (it) => it.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 56))
    const footer = Buffer.concat([Buffer.alloc(512), stream.subarray(0, 512), Buffer.alloc(512)])
    return change(Buffer.concat([first, footer]))
  }

  it('VMDK: knows one with a footer', async () => {
    expect(await inspect(inMemory(withFooter()))).toMatchObject({ format: 'vmdk' })
  })

  it('VMDK: refuses impossible headers', async () => {
    for (const [bytes, words] of [
      [changed(vmdk, (it) => it.writeBigUInt64LE(0n, 12)), /no size/],
      [changed(vmdk, (it) => it.writeUInt32LE(9, 4)), /Version 9/],
      [changed(vmdk, (it) => it.writeBigUInt64LE(0n, 28)), /what it is made of/],
      [changed(vmdk, (it) => it.writeBigUInt64LE(100_000n, 36)), /too long/],
      [changed(vmdk, (it) => it.writeBigUInt64LE(2n ** 40n, 56)), /impossible place/],
      [changed(vmdk, (it) => it.fill(0x7f, gdOf(it), gdOf(it) + 4)), /grain table is missing/],
      [vmdk.subarray(0, vmdk.length - 100_000), /parts of its disk/],
      [changed(vmdk, (it) => it.writeBigUInt64LE(3n, 20)), /grains/],
      [changed(vmdk, (it) => it.writeUInt32LE(0, 44)), /grain tables/],
      [changed(vmdk, (it) => it.writeBigUInt64LE(2n ** 60n, 12)), /impossible/],
      [withFooter((it) => it.subarray(0, it.length - 512)), /footer/],
      [
        withFooter((it) => changed(it, (copy) => copy.writeBigUInt64LE(9n, it.length - 1_024 + 12))),
        /differ/,
      ],
      [
        withFooter((it) => changed(it, (copy) => copy.writeBigUInt64LE(2n ** 40n, it.length - 1_024 + 56))),
        /impossible place/,
      ],
      [
        Buffer.concat([Buffer.from('# Disk DescriptorFile\nversion=1\n'), Buffer.alloc(1_000)]),
        /only a description/,
      ],
      [Buffer.concat([Buffer.from('COWD'), Buffer.alloc(1_000)]), /old version/],
    ] as const)
      expect((await refusal(bytes)).message).toMatch(words)
  })

  it('VHD, VHDX and VDI: refuses parents, damage and impossible sizes', async () => {
    const last = vhd.length - 512
    for (const [bytes, words] of [
      [changed(vhd, (it) => it.writeUInt32BE(4, last + 60)), /damaged/],
      [changed(vhd, (it) => it.write('/etc/passwd', 512 + 64)), /damaged|another file/],
      [vhd.subarray(0, last), /cut off/],
      [changed(vhd, (it) => it.fill(1, 8, 20)), /differently|damaged/],
      [changed(vhdx, (it) => it.fill(0, 196_608, 196_612)), /region table/],
      [changed(vhdx, (it) => it.writeUInt32LE(5_000, 196_616)), /damaged/],
      [vhdx.subarray(0, 200_000), /region table/],
      [changed(vdi, (it) => it.writeUInt32LE(4, 76)), /below it/],
      [changed(vdi, (it) => it.write('parent', 440)), /below it/],
      [changed(vdi, (it) => it.writeBigUInt64LE(2n ** 50n, 368)), /too small/],
      [changed(vdi, (it) => it.writeUInt32LE(2 ** 31, 384)), /impossible place/],
      [vdi.subarray(0, 600), /impossible place|cut off/],
    ] as const)
      expect((await refusal(bytes)).message).toMatch(words)
  })

  it('refuses files that are two formats at once, and empty ones', async () => {
    const trailer = Buffer.alloc(512)
    trailer.write('conectix')
    for (const [bytes, words] of [
      [changed(vdi, (it) => it.write('KDMV')), /at the same time/],
      [changed(vmdk, (it) => it.write('CD001', 32_769)), /at the same time/],
      [Buffer.concat([vmdk, trailer]), /begins as vmdk and ends as/],
      [Buffer.concat([Buffer.alloc(mib), trailer]), /damaged/],
      [Buffer.from('QED\0'.padEnd(1_000)), /QED/],
      [Buffer.concat([Buffer.from('4c554b53babe', 'hex'), Buffer.alloc(2_000)]), /LUKS/],
    ] as const)
      expect((await refusal(bytes)).message).toMatch(words)
    expect((await refusal(Buffer.alloc(0))).message).toMatch(/empty/)
  })

  it('never throws anything else, however a header is broken', async () => {
    for (const good of [vmdk, stream, vhd, vhdx, vdi])
      for (let at = 0; at < 800; at += 12) {
        const bytes = changed(good.subarray(0, 300_000), (it) => it.fill(0xff, at, at + 4))
        await inspect(inMemory(bytes)).catch((error: NephosError) => expect(error.code).toBe('invalid_input'))
      }
  })
})
