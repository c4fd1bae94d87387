import { createHash, type Hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** Hashes of the bytes of one file, in hex. */
export interface FileHashes {
  md5: string
  sha512: string
}

const algorithms = ['md5', 'sha512'] as const
const slotBytes = 262_144
const slotCount = 16

/** What a thread does. As text, so that it is in every bundle that this file is in. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads')
const hash = require('node:crypto').createHash(workerData.algorithm)
const memory = Buffer.from(workerData.memory)
parentPort.on('message', ({ slot, length, end }) => {
  if (end) return parentPort.postMessage({ digest: hash.digest('hex') })
  hash.update(memory.subarray(slot * ${slotBytes}, slot * ${slotBytes} + length))
  parentPort.postMessage({ slot })
})`

/** Threads that hash at this moment, in the whole process. */
let threads = 0

/**
 * Hashes a file as it goes by. A large one is hashed by threads, one for each algorithm, while this one goes on with
 * whatever else the process does; a few MiB are under way at most. Where no processor is left for threads, and for small
 * files, it is done here.
 */
export class Hashes {
  #memory: Buffer | null = null
  #shared: SharedArrayBuffer | null = null
  #inline: Hash[] | null = null
  #workers: Worker[] | null = null
  /** How many threads have yet to read each slot. */
  readonly #unread = new Array<number>(slotCount).fill(0)
  #slot = 0
  #filled = 0
  #digests = new Map<Worker, string>()
  #failure: unknown
  #wake: () => void = () => {}

  /** Takes the next bytes, which may be changed afterwards. A promise: wait for it before the next ones. */
  update(chunk: Uint8Array): Promise<void> | undefined {
    if (!this.#memory && !this.#inline) this.#open()
    if (!this.#memory) {
      for (const hash of this.#inline ?? []) hash.update(chunk)
      return undefined
    }
    return this.#fill(chunk)
  }

  /** The hashes of everything. Nothing may be added after. */
  async digest(): Promise<FileHashes> {
    if (this.#workers && this.#filled > 0) this.#post()
    const values = this.#workers ? await this.#gathered(this.#workers) : this.#inlineDigests()
    this.close()
    return { md5: values[0]!, sha512: values[1]! }
  }

  /** Ends the threads, also before the end. */
  close(): void {
    for (const worker of this.#workers ?? []) {
      threads--
      void worker.terminate()
    }
    this.#workers = null
    this.#memory = null
    this.#inline ??= []
  }

  #open(): void {
    if (threads + algorithms.length > Math.max(algorithms.length, availableParallelism()))
      this.#inline = algorithms.map((algorithm) => createHash(algorithm))
    else {
      this.#shared = new SharedArrayBuffer(slotBytes * slotCount)
      this.#memory = Buffer.from(this.#shared)
    }
  }

  /** Fills slots; threads are only begun once all of them are full. */
  #fill(chunk: Uint8Array): Promise<void> | undefined {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#unread[this.#slot]! > 0) return this.#room().then(() => this.#fill(rest))
      const fitting = rest.subarray(0, slotBytes - this.#filled)
      this.#memory!.set(fitting, this.#slot * slotBytes + this.#filled)
      this.#filled += fitting.length
      rest = rest.subarray(fitting.length)
      if (this.#filled < slotBytes) continue
      if (this.#workers) this.#post()
      else if (this.#slot + 1 < slotCount) {
        this.#slot++
        this.#filled = 0
      } else this.#begin()
    }
    return undefined
  }

  #begin(): void {
    threads += algorithms.length
    this.#workers = algorithms.map((algorithm) => {
      const worker = new Worker(threadSource, {
        eval: true,
        workerData: { algorithm, memory: this.#shared },
        env: {},
        execArgv: [],
      })
      worker.unref()
      worker.on('message', ({ slot, digest }: { slot?: number; digest?: string }) => {
        if (slot !== undefined) this.#unread[slot]!--
        if (digest !== undefined) this.#digests.set(worker, digest)
        this.#wake()
      })
      worker.on('error', (error) => {
        this.#failure = error
        this.#wake()
      })
      return worker
    })
    this.#slot = 0
    for (let slot = 0; slot < slotCount; slot++) this.#post(slotBytes)
  }

  /** Gives the slot that was filled to the threads and goes on to the next one. */
  #post(length = this.#filled): void {
    const slot = this.#slot
    this.#unread[slot] = algorithms.length
    for (const worker of this.#workers ?? []) worker.postMessage({ slot, length })
    this.#slot = (slot + 1) % slotCount
    this.#filled = 0
  }

  async #room(): Promise<void> {
    while (this.#unread[this.#slot]! > 0) await this.#news()
  }

  async #gathered(workers: Worker[]): Promise<string[]> {
    for (const worker of workers) worker.postMessage({ end: true })
    while (this.#digests.size < workers.length) await this.#news()
    return workers.map((worker) => this.#digests.get(worker)!)
  }

  /** Waits until a thread has said something. The process stays alive for it. */
  #news(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    for (const worker of this.#workers ?? []) worker.ref()
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        for (const worker of this.#workers ?? []) worker.unref()
        if (this.#failure) reject(this.#failure)
        else resolve()
      }
    })
  }

  #inlineDigests(): string[] {
    const hashes = this.#inline ?? algorithms.map((algorithm) => createHash(algorithm))
    if (this.#memory)
      for (const hash of hashes) hash.update(this.#memory.subarray(0, this.#slot * slotBytes + this.#filled))
    return hashes.map((hash) => hash.digest('hex'))
  }
}
