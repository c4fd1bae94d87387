import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NephosError } from '../../kernel/index.ts'
import { checkDeclared, checkTail, detectFormat } from './detect.ts'
import { checkL1, checkQcow2 } from './qcow2.ts'
import { signatures } from './signatures.ts'

const refusal = (work: () => unknown): NephosError => {
  try {
    work()
  } catch (error) {
    return error as NephosError
  }
  throw new Error('nothing was refused')
}

/** A sound version 3 header of a 1 GiB disk with 64 KiB clusters. */
function header(change: (head: Buffer) => void = () => {}): Buffer {
  const head = Buffer.alloc(65_536)
  head.write('QFI\xfb', 0, 'latin1')
  head.writeUInt32BE(3, 4)
  head.writeUInt32BE(16, 20)
  head.writeBigUInt64BE(2n ** 30n, 24)
  head.writeUInt32BE(2, 36)
  head.writeBigUInt64BE(0x30000n, 40)
  head.writeBigUInt64BE(0x10000n, 48)
  head.writeUInt32BE(1, 56)
  head.writeUInt32BE(4, 96)
  head.writeUInt32BE(112, 100)
  change(head)
  return head
}

describe('detectFormat', () => {
  it('knows qcow2 and ISO', () => {
    expect(detectFormat(header())).toBe('qcow2')
    const iso = Buffer.alloc(40_000)
    iso.write('CD001', 32_769, 'latin1')
    expect(detectFormat(iso)).toBe('iso')
  })

  it('takes what no signature claims as raw, however small', () => {
    expect(detectFormat(Buffer.from('#!/bin/sh\necho hello\n'))).toBe('raw')
    expect(detectFormat(Buffer.from([1]))).toBe('raw')
    expect(detectFormat(Buffer.alloc(131_072))).toBe('raw')
  })

  it.each(signatures.filter((it) => it.format !== 'qcow2' && it.format !== 'iso'))(
    'refuses $words ($format)',
    ({ offset, bytes, packed, words }) => {
      const head = Buffer.alloc(4_096)
      bytes.copy(head, offset)
      const error = refusal(() => detectFormat(head))
      expect(error).toMatchObject({ code: 'invalid_input', field: 'file' })
      expect(error.message).toContain(words)
      expect(error.remedy).toMatch(packed ? /Unpack/ : /qemu-img convert/)
    },
  )

  it('refuses a file that is two formats at once', () => {
    const both = header((head) => head.write('CD001', 32_769, 'latin1'))
    expect(refusal(() => detectFormat(both)).message).toContain('at the same time')
  })

  it('refuses a fixed VHD, which shows itself only at its end', () => {
    const tail = Buffer.alloc(512)
    checkTail(tail)
    tail.write('conectix')
    expect(refusal(() => checkTail(tail)).message).toContain('VHD')
  })

  it('refuses a file that is not what was declared', () => {
    expect(refusal(() => checkDeclared('raw', 'qcow2')).field).toBe('diskFormat')
    expect(refusal(() => checkDeclared('qcow2', 'raw')).field).toBe('diskFormat')
    expect(refusal(() => checkDeclared('iso', 'raw')).field).toBe('diskFormat')
    checkDeclared('', 'qcow2')
    checkDeclared('raw', 'iso')
  })
})

describe('checkQcow2', () => {
  it('reads the size of the disk', () => {
    expect(checkQcow2(header())).toEqual({
      version: 3,
      clusterSize: 65_536,
      virtualSize: 2 ** 30,
      l1Offset: 0x30000,
      l1Entries: 2,
    })
    expect(checkQcow2(header((head) => head.writeUInt32BE(2, 4))).version).toBe(2)
  })

  const bad: [string, RegExp, (head: Buffer) => void][] = [
    ['a backing file', /backing file/, (head) => head.writeBigUInt64BE(0x200n, 8)],
    ['the length of a backing file name', /backing file/, (head) => head.writeUInt32BE(11, 16)],
    ['an external data file', /another file/, (head) => head.writeBigUInt64BE(4n, 72)],
    ['an unknown feature', /0x20/, (head) => head.writeBigUInt64BE(0x20n, 72)],
    ['a feature in the highest bit', /not known/, (head) => head.writeBigUInt64BE(1n << 63n, 72)],
    ['the corrupt mark', /corrupt/, (head) => head.writeBigUInt64BE(2n, 72)],
    ['AES encryption', /encrypted/, (head) => head.writeUInt32BE(1, 32)],
    ['LUKS encryption', /encrypted/, (head) => head.writeUInt32BE(2, 32)],
    ['version 1', /Version 1/, (head) => head.writeUInt32BE(1, 4)],
    ['version 4', /Version 4/, (head) => head.writeUInt32BE(4, 4)],
    ['tiny clusters', /clusters/, (head) => head.writeUInt32BE(8, 20)],
    ['huge clusters', /clusters/, (head) => head.writeUInt32BE(22, 20)],
    ['no size', /no size/, (head) => head.writeBigUInt64BE(0n, 24)],
    ['8 EiB', /64 TiB/, (head) => head.writeBigUInt64BE(2n ** 63n, 24)],
    ['a short L1 table', /too small/, (head) => head.writeUInt32BE(1, 36)],
    ['a huge L1 table', /too large/, (head) => head.writeUInt32BE(0xffff_ffff, 36)],
    ['an unaligned L1 table', /L1 table/, (head) => head.writeBigUInt64BE(0x30001n, 40)],
    ['an L1 table at no place', /L1 table/, (head) => head.writeBigUInt64BE(0n, 40)],
    ['an L1 table beyond any file', /L1 table/, (head) => head.writeBigUInt64BE(2n ** 63n, 40)],
    ['an unaligned refcount table', /refcount table/, (head) => head.writeBigUInt64BE(3n, 48)],
    ['a huge refcount table', /refcount table/, (head) => head.writeUInt32BE(0xffff, 56)],
    ['no refcount table', /refcount table/, (head) => head.writeUInt32BE(0, 56)],
    ['wide refcounts', /refcounts/, (head) => head.writeUInt32BE(7, 96)],
    ['a million snapshots', /snapshots/, (head) => head.writeUInt32BE(1_000_000, 60)],
    ['a short header', /impossible length/, (head) => head.writeUInt32BE(72, 100)],
    ['an external data extension', /external data/, (head) => head.writeUInt32BE(0x44415441, 112)],
    ['an encryption extension', /encrypted/, (head) => head.writeUInt32BE(0x0537be77, 112)],
    ['a backing format extension', /backing file/, (head) => head.writeUInt32BE(0xe2792aca, 112)],
    [
      'an endless extension',
      /too long/,
      (head) => {
        head.writeUInt32BE(0x6803f857, 112)
        head.writeUInt32BE(0xffff_fff0, 116)
      },
    ],
  ]
  it.each(bad)('refuses %s', (_, words, change) => {
    const error = refusal(() => checkQcow2(header(change)))
    expect(error).toMatchObject({ code: 'invalid_input', field: 'file' })
    expect(error.message).toMatch(words)
    expect(error.remedy).toMatch(/qemu-img convert/)
  })

  it('refuses a header that is cut off', () => {
    expect(refusal(() => checkQcow2(header().subarray(0, 71))).message).toContain('cut off')
    expect(refusal(() => checkQcow2(header().subarray(0, 100))).message).toContain('cut off')
  })
})

describe('checkL1', () => {
  const disk = checkQcow2(header())
  const table = (...entries: bigint[]) => {
    const bytes = Buffer.alloc(entries.length * 8)
    for (const [index, entry] of entries.entries()) bytes.writeBigUInt64BE(entry, index * 8)
    // In odd pieces, as a stream may give them.
    return async function* pieces() {
      yield bytes.subarray(0, 3)
      yield bytes.subarray(3, 11)
      yield bytes.subarray(11)
    }
  }
  const check = (size: number, ...entries: bigint[]) => checkL1(disk, size, async () => table(...entries)())

  it('accepts empty and whole entries', async () => {
    await check(0x50000, 0n, (1n << 63n) | 0x40000n)
  })
  it.each<[string, bigint]>([
    ['an unaligned entry', 0x40200n],
    ['a reserved low bit', 0x40001n],
    ['a reserved high bit', (1n << 60n) | 0x40000n],
    ['a place beyond the file', 0x50000n],
  ])('refuses %s', async (_, entry) => {
    await expect(check(0x50000, 0n, entry)).rejects.toMatchObject({ code: 'invalid_input', field: 'file' })
  })
  it('refuses a file that ends before its table', async () => {
    await expect(check(0x30008, 0n, 0n)).rejects.toThrow(/cut off/)
  })
})

const tool = 'qemu-img'
const installed = (() => {
  try {
    execFileSync(tool, ['--version'])
    return true
  } catch {
    return false
  }
})()

describe.runIf(installed)('images made by qemu-img', () => {
  const make = (...args: string[]) => {
    const directory = mkdtempSync(join(tmpdir(), 'nephos-format-'))
    try {
      execFileSync(tool, ['create', '-q', '-f', 'qcow2', ...args], { cwd: directory })
      return readFileSync(join(directory, 'a.qcow2'))
    } finally {
      rmSync(directory, { recursive: true })
    }
  }
  it.each([
    ['plain', []],
    ['compat 0.10', ['-o', 'compat=0.10']],
    ['lazy refcounts', ['-o', 'lazy_refcounts=on']],
    ['zstd', ['-o', 'compression_type=zstd']],
    ['extended L2', ['-o', 'extended_l2=on']],
    ['small clusters', ['-o', 'cluster_size=512']],
    ['large clusters', ['-o', 'cluster_size=2M']],
    ['preallocated metadata', ['-o', 'preallocation=metadata']],
  ])('accepts %s', async (_, options) => {
    const file = make(...options, 'a.qcow2', '64M')
    const checked = checkQcow2(file.subarray(0, 131_072))
    expect(checked.virtualSize).toBe(64 * 2 ** 20)
    await checkL1(checked, file.length, async ({ start, end }) =>
      (async function* () {
        yield file.subarray(start, end + 1)
      })(),
    )
  })
  it('refuses a backing file and an external data file', () => {
    const backed = make('-u', '-b', '/etc/hostname', '-F', 'raw', 'a.qcow2', '64M')
    expect(refusal(() => checkQcow2(backed.subarray(0, 131_072))).message).toContain('backing file')
    const external = make('-o', 'data_file=data.raw', 'a.qcow2', '64M')
    expect(refusal(() => checkQcow2(external.subarray(0, 131_072))).message).toContain('another file')
  })
})
