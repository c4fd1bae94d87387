import type { Readable } from 'node:stream'
import { type Ctx, conflict, NephosError } from '../../kernel/index.ts'
import { type ImageWithParts, imageEvent } from '../images/row.ts'
import { givenUpAt } from './find.ts'

/** How long no byte may arrive. */
const idleMs = 60_000
const progressMs = 250
const notedMs = 2_000

/** While a part arrives: tells how far the upload is, notes it, and ends it when it stalls or is no longer wanted. */
export class Pulse {
  /** Why the part was ended from here. */
  reason?: NephosError
  private bytes: number
  private announcedAt = 0
  private noting: Promise<void> = Promise.resolve()
  private readonly idle: NodeJS.Timeout
  private readonly notes: NodeJS.Timeout

  constructor(
    private readonly ctx: Ctx,
    private readonly image: ImageWithParts,
    private readonly uploadId: string,
    private readonly body: Readable,
  ) {
    this.bytes = Number(image.uploadedBytes ?? 0n)
    this.idle = setTimeout(() => this.end(stalled()), idleMs)
    this.notes = setInterval(() => {
      this.noting = this.note()
    }, notedMs)
  }

  /** Bytes of the whole file that have arrived. */
  beat(bytes: number): void {
    this.bytes = bytes
    this.idle.refresh()
    if (Date.now() - this.announcedAt >= progressMs) this.announce()
  }

  /** Notes where it ended, for whoever continues. */
  async stop(): Promise<void> {
    clearTimeout(this.idle)
    clearInterval(this.notes)
    await this.noting
    await this.note()
    this.announce()
  }

  private announce(): void {
    this.announcedAt = Date.now()
    this.ctx.announce({
      ...imageEvent('progress', { ...this.image, uploadedBytes: BigInt(this.bytes) }),
      at: new Date().toISOString(),
    })
  }

  private async note(): Promise<void> {
    try {
      const { count } = await this.ctx.db.image.updateMany({
        where: { id: this.image.id, status: 'uploading', uploadToken: this.uploadId },
        data: { uploadExpiresAt: givenUpAt(), uploadedBytes: this.bytes },
      })
      if (count === 0) this.end(conflict(`The upload to image ${this.image.name} was cancelled.`))
    } catch (error) {
      this.ctx.log.warn({ err: error, imageId: this.image.id }, 'could not note how far an upload is')
    }
  }

  private end(reason: NephosError): void {
    this.reason ??= reason
    this.body.destroy(reason)
  }
}

const stalled = () =>
  new NephosError('timeout', `No data arrived for ${idleMs / 1000} seconds.`, {
    remedy: 'Check the connection, then continue the upload.',
  })
