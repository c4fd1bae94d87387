import type { Readable } from 'node:stream'
import { type Ctx, conflict, NephosError } from '../../kernel/index.ts'
import { type ImageWithParts, imageEvent } from '../images/row.ts'
import { renewLease, renewMs } from './lease.ts'

/** How long no byte may arrive. */
const idleMs = 60_000
const progressMs = 250

/** Keeps a running upload alive, tells how far it is, and ends it when it stalls or is no longer wanted. */
export class Watch {
  /** Why the upload was ended from here. */
  reason?: NephosError
  private bytes = 0
  private announcedAt = 0
  private renewing = false
  private readonly idle: NodeJS.Timeout
  private readonly renewal: NodeJS.Timeout

  constructor(
    private readonly ctx: Ctx,
    private readonly upload: ImageWithParts,
    private readonly body: Readable,
  ) {
    this.idle = setTimeout(() => this.end(stalled()), idleMs)
    this.renewal = setInterval(() => void this.renew(), renewMs)
  }

  readonly onBytes = (bytes: number): void => {
    this.bytes = bytes
    this.idle.refresh()
    const now = Date.now()
    if (now - this.announcedAt < progressMs) return
    this.announcedAt = now
    this.ctx.announce({
      ...imageEvent('progress', { ...this.upload, uploadedBytes: BigInt(bytes) }),
      at: new Date(now).toISOString(),
    })
  }

  stop(): void {
    clearTimeout(this.idle)
    clearInterval(this.renewal)
  }

  private async renew(): Promise<void> {
    if (this.renewing) return
    this.renewing = true
    try {
      if (!(await renewLease(this.ctx, this.upload, this.bytes)))
        this.end(conflict(`The upload to image ${this.upload.name} was cancelled.`))
    } catch (error) {
      this.ctx.log.warn({ err: error, imageId: this.upload.id }, 'could not renew the lease of an upload')
    } finally {
      this.renewing = false
    }
  }

  private end(reason: NephosError): void {
    this.reason ??= reason
    this.body.destroy(reason)
    this.stop()
  }
}

const stalled = () =>
  new NephosError('timeout', `No data arrived for ${idleMs / 1000} seconds.`, {
    remedy: 'Check the connection and upload the file again.',
  })
