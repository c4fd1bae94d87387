import { EventEmitter } from 'node:events'
import { Failure } from '../failure.ts'
import { rotate } from './log-files.ts'
import { type Crash, type ProcessSpec, SupervisedProcess } from './supervised-process.ts'

const rotateEveryMs = 10_000

/** All processes of one cloud. Emits `change` whenever one of them changes, and their crashes. */
export class ProcessGroup extends EventEmitter<{ change: []; crash: [Crash] }> {
  readonly processes: SupervisedProcess[] = []
  /** Once stopping has begun, nothing is started any more. */
  #closed = false
  readonly #rotation = setInterval(() => {
    for (const { spec } of this.processes) rotate(spec.logFile)
  }, rotateEveryMs).unref()

  /** Starts a process and waits until it is ready. @throws Failure with the end of its log */
  async start(spec: ProcessSpec): Promise<SupervisedProcess> {
    if (this.#closed) throw new Failure(`${spec.name} was not started: everything is being stopped.`)
    const supervised = new SupervisedProcess(spec)
    this.processes.push(supervised)
    supervised.on('change', () => this.emit('change'))
    supervised.on('crash', (crash) => this.emit('crash', crash))
    rotate(spec.logFile)
    await supervised.start()
    return supervised
  }

  find(name: string): SupervisedProcess | undefined {
    return this.processes.find(({ spec }) => spec.name === name)
  }

  /**
   * Stops the processes of tier `from` and above: highest tier first, those of one tier together.
   * @param onStop hears the name of each process once it has stopped
   */
  async stop({
    from = 0,
    atOnce = false,
    onStop,
  }: {
    from?: number
    atOnce?: boolean
    onStop?: (name: string) => void
  } = {}): Promise<void> {
    this.#closed = true
    const tiers = [...new Set(this.processes.map(({ spec }) => spec.tier))]
      .filter((tier) => tier >= from)
      .sort((a, b) => b - a)
    for (const tier of tiers)
      await Promise.all(
        this.processes
          .filter(({ spec, state }) => spec.tier === tier && state !== 'stopped')
          .map(async (supervised) => {
            await supervised.stop({ atOnce })
            onStop?.(supervised.spec.name)
          }),
      )
    if (from === 0) clearInterval(this.#rotation)
  }
}
