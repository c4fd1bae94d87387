import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { CompletedPart, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { S3StoreSettings } from '@nephos/config'
import { NephosError, notFound } from '../../kernel/index.ts'
import { type ByteRange, checkedKey, type ImageStore, type Kept, type StoredFile } from './define.ts'
import { inPieces } from './pieces.ts'

const mib = 2 ** 20
/** S3 takes at most 10,000 parts of a file, Swift's S3 interface 1,000; a few are kept in reserve. */
const mostParts = { s3: 9_500, swift: 950 }
/** Parts are not made larger than this to stay below 1,000: two of them are in memory. */
const largePart = 64 * mib

type Sdk = typeof import('@aws-sdk/client-s3')

/**
 * Keeps files in a bucket. What is larger than one part is sent in parts, of which two are in memory; unfinished ones
 * are never seen as a file.
 */
export class S3Store implements ImageStore {
  readonly kind = 's3'
  readonly name: string
  readonly #settings: S3StoreSettings
  #opened: Promise<{ sdk: Sdk; client: S3Client }> | null = null

  constructor(settings: S3StoreSettings) {
    this.#settings = settings
    this.name = settings.name
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, size?: number): Promise<Kept> {
    const pieces = inPieces(body, partSizes(this.#settings.partBytes, size))
    const first = await pieces.next()
    const whole: Buffer = first.done ? Buffer.alloc(0) : first.value
    const second = first.done ? first : await pieces.next()
    if (second.done) {
      await this.#ask((sdk, client) =>
        client.send(new sdk.PutObjectCommand({ ...this.#at(key), Body: whole, ContentMD5: md5(whole) })),
      )
      return { store: this.name, size: whole.length }
    }
    return { store: this.name, size: await this.#putParts(key, whole, second.value, pieces) }
  }

  async #putParts(
    key: string,
    first: Buffer,
    second: Buffer,
    rest: AsyncIterableIterator<Buffer>,
  ): Promise<number> {
    const at = this.#at(key)
    const { UploadId } = await this.#ask((sdk, client) =>
      client.send(new sdk.CreateMultipartUploadCommand(at)),
    )
    const parts: CompletedPart[] = []
    let size = 0
    const send = (PartNumber: number, Body: Buffer) =>
      this.#ask(async (sdk, client) => {
        const ContentMD5 = md5(Body)
        const command = new sdk.UploadPartCommand({ ...at, UploadId, PartNumber, Body, ContentMD5 })
        const { ETag } = await client.send(command)
        parts[PartNumber - 1] = { PartNumber, ETag }
        size += Body.length
      })
    let sending = Promise.resolve()
    try {
      let number = 0
      for await (const part of chained(first, second, rest)) {
        await sending
        sending = send(++number, part)
        // Its failure is heard of when the next part is ready.
        sending.catch(() => {})
      }
      await sending
      await this.#ask((sdk, client) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }),
        ),
      )
      return size
    } catch (error) {
      await sending.catch(() => {})
      await this.#abort(key, UploadId).catch(() => {})
      throw error
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const Range = range && `bytes=${range.start}-${range.end}`
    const { Body } = await this.#ask(
      (sdk, client) => client.send(new sdk.GetObjectCommand({ ...this.#at(key), Range })),
      key,
    )
    return Body as Readable
  }

  async delete(key: string): Promise<void> {
    await this.#ask((sdk, client) => client.send(new sdk.DeleteObjectCommand(this.#at(key)))).catch(
      (error) => {
        if (!isMissing(error)) throw error
      },
    )
    for await (const { key: unfinished, uploadId } of this.#unfinished(this.#settings.prefix + key))
      if (unfinished === key) await this.#abort(key, uploadId)
  }

  async size(key: string): Promise<number | null> {
    try {
      const { ContentLength } = await this.#ask(
        (sdk, client) => client.send(new sdk.HeadObjectCommand(this.#at(key))),
        key,
      )
      return ContentLength ?? 0
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async *list(): AsyncIterable<StoredFile> {
    const { bucket: Bucket, prefix: Prefix } = this.#settings
    let ContinuationToken: string | undefined
    do {
      const page = await this.#ask((sdk, client) =>
        client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken })),
      )
      for (const { Key, LastModified } of page.Contents ?? [])
        if (Key && LastModified) yield { key: Key.slice(Prefix.length), modifiedAt: LastModified }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (ContinuationToken)
    for await (const { key, startedAt } of this.#unfinished(Prefix)) yield { key, modifiedAt: startedAt }
  }

  /** Uploads in parts that were begun and not ended. */
  async *#unfinished(prefix: string) {
    const { bucket: Bucket } = this.#settings
    let [KeyMarker, UploadIdMarker]: (string | undefined)[] = []
    do {
      const page = await this.#ask((sdk, client) =>
        client.send(
          new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix, KeyMarker, UploadIdMarker }),
        ),
      )
      for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
        if (Key && UploadId)
          yield {
            key: Key.slice(this.#settings.prefix.length),
            uploadId: UploadId,
            startedAt: Initiated ?? new Date(),
          }
      ;[KeyMarker, UploadIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextUploadIdMarker] : []
    } while (KeyMarker)
  }

  async #abort(key: string, UploadId: string | undefined): Promise<void> {
    await this.#ask((sdk, client) =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...this.#at(key), UploadId })),
    ).catch((error) => {
      if (!isMissing(error)) throw error
    })
  }

  #at(key: string) {
    const { bucket, prefix } = this.#settings
    return { Bucket: bucket, Key: prefix + checkedKey(key) }
  }

  /** Loaded when it is needed first: a cloud without such a store does not carry it. */
  #open(): Promise<{ sdk: Sdk; client: S3Client }> {
    // It would tell every process's log of Node versions to come.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
    this.#opened ??= import('@aws-sdk/client-s3').then((sdk) => {
      const { endpoint, region, pathStyle, accessKeyId, secretAccessKey } = this.#settings
      const client = new sdk.S3Client({
        endpoint,
        region,
        forcePathStyle: pathStyle,
        credentials: { accessKeyId, secretAccessKey },
        // Not every server knows the newer checksums; each part has its MD5.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      })
      return { sdk, client }
    })
    return this.#opened
  }

  async #ask<Result>(work: (sdk: Sdk, client: S3Client) => Promise<Result>, key?: string): Promise<Result> {
    const { sdk, client } = await this.#open()
    try {
      return await work(sdk, client)
    } catch (error) {
      throw this.#explained(error as S3ServiceException, key)
    }
  }

  #explained(error: S3ServiceException, key: string | undefined): unknown {
    const status = error.$metadata?.httpStatusCode
    if (status === 404 && error.name === 'NoSuchBucket')
      return new NephosError('driver_failed', `The image store ${this.name} has no such bucket.`, {
        remedy: `Make the bucket ${this.#settings.bucket}, or name another one in image_stores.`,
        cause: error,
      })
    if (status === 404) return key === undefined ? error : notFound('stored image file', key)
    if (status === 401 || status === 403)
      return new NephosError('driver_failed', `The image store ${this.name} refused our key.`, {
        remedy: 'Give a key with the right to read, write, list and delete in image_stores.',
        cause: error,
      })
    if (status === undefined || status >= 500)
      return new NephosError('unavailable', `The image store ${this.name} does not answer as it should.`, {
        cause: error,
      })
    return new NephosError('driver_failed', `The image store ${this.name} refused: ${error.message}`, {
      cause: error,
    })
  }
}

/** How large each part is: what is known to be large in few parts; otherwise they grow with what has come. */
function* partSizes(smallest: number, size?: number): Generator<number> {
  const few = (parts: number) => Math.ceil((size ?? 0) / parts / mib) * mib
  const fitting = Math.max(smallest, Math.min(largePart, few(mostParts.swift)), few(mostParts.s3))
  for (let part = 0; ; part++)
    yield size === undefined
      ? Math.max(smallest, Math.min(largePart, smallest * 2 ** Math.floor(part / 200)))
      : fitting
}

async function* chained(first: Buffer, second: Buffer, rest: AsyncIterable<Buffer>) {
  yield first
  yield second
  yield* rest
}

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('base64')

const isMissing = (error: unknown) =>
  (error instanceof NephosError && error.code === 'not_found') ||
  (error as S3ServiceException)?.$metadata?.httpStatusCode === 404
