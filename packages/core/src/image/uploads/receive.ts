import type { Readable } from 'node:stream'
import { invalid, NephosError } from '../../kernel/index.ts'
import {
  checkDeclared,
  checkTail,
  type DiskFormat,
  detectFormat,
  headBytes,
  tailBytes,
} from '../format/detect.ts'
import { checkL1, checkQcow2, type Qcow2Header } from '../format/qcow2.ts'
import type { ImageStore } from '../store/define.ts'
import { type FileHashes, Hashes } from './hashes.ts'

/** What a file turned out to be once it was stored. Sizes in bytes. */
export interface Received {
  /** Name of the store that has it. */
  store: string
  size: number
  virtualSize: number
  diskFormat: DiskFormat
  md5: string
  sha512: string
}

/** What {@link receive} takes. */
export interface ReceiveOptions {
  store: ImageStore
  key: string
  /** Left open when a check fails, so that an answer can still be sent on its connection. */
  body: Readable
  /** Format that was declared; empty for none. */
  declared: string
  /** Bytes that were announced. */
  size?: number
  /** Throws when that many bytes are more than allowed. Called before they are stored. */
  allow: (bytes: number) => void
  onBytes: (bytes: number) => void
}

/**
 * Stores a file as it arrives: hashes it, decides its format and refuses it as soon as a rule is broken. Memory does
 * not grow with the file. When it throws, the store has nothing under the key.
 */
export async function receive(options: ReceiveOptions): Promise<Received> {
  const { store, key } = options
  const intake = new Intake(options)
  const kept = await store.put(key, intake.pass(), options.size).finally(() => intake.settle())
  try {
    const { header, diskFormat } = intake
    if (!diskFormat) throw new Error('the store finished before the file did')
    if (header) await checkL1(header, kept.size, (range) => store.open(key, range))
    return { ...kept, virtualSize: header?.virtualSize ?? kept.size, diskFormat, ...intake.digests }
  } catch (error) {
    await store.delete(key)
    throw error
  }
}

/** Watches the bytes go by. */
class Intake {
  diskFormat?: DiskFormat
  header?: Qcow2Header
  private readonly hashes = new Hashes()
  private found?: FileHashes
  private head: Buffer[] = []
  private headSize = 0
  private tail: Buffer = Buffer.alloc(0)
  private size = 0

  constructor(private readonly options: ReceiveOptions) {}

  async *pass(): AsyncIterable<Buffer> {
    const { body, size, allow, onBytes } = this.options
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      const chunk: Buffer = Buffer.isBuffer(piece) ? piece : Buffer.from(piece as Uint8Array)
      this.size += chunk.length
      if (size !== undefined && this.size > size) throw wrongSize(this.size, size)
      allow(this.size)
      this.look(chunk)
      await this.hashes.update(chunk)
      yield chunk
      onBytes(this.size)
    }
    this.finish()
    this.found = await this.hashes.digest()
  }

  /** What the bytes were, once all have passed. */
  get digests(): FileHashes {
    if (!this.found) throw new Error('the store finished before the file did')
    return this.found
  }

  /** Nothing passes any more. */
  settle = (): void => this.hashes.close()

  private look(chunk: Buffer): void {
    this.tail = (chunk.length >= tailBytes ? chunk : Buffer.concat([this.tail, chunk])).subarray(-tailBytes)
    if (this.diskFormat) return
    this.head.push(chunk)
    this.headSize += chunk.length
    if (this.headSize >= headBytes) this.decide()
  }

  private decide(): void {
    const head = Buffer.concat(this.head).subarray(0, headBytes)
    this.head = []
    const format = detectFormat(head)
    checkDeclared(this.options.declared, format)
    if (format === 'qcow2') this.header = checkQcow2(head)
    this.diskFormat = this.options.declared === 'raw' ? 'raw' : format
  }

  private finish(): void {
    const { size } = this.options
    if (size !== undefined && this.size !== size) throw wrongSize(this.size, size)
    if (this.size === 0) throw invalid('file', 'The file is empty.', 'Choose a disk image.')
    if (!this.diskFormat) this.decide()
    if (this.diskFormat !== 'qcow2') checkTail(this.tail)
  }
}

const wrongSize = (arrived: number, announced: number) =>
  new NephosError(
    'invalid_input',
    arrived < announced
      ? `Only ${arrived} of ${announced} bytes arrived.`
      : `More bytes arrived than the ${announced} that were announced.`,
    { field: 'size', remedy: 'Upload the file again.' },
  )
