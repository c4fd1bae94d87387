import { Duplex } from 'node:stream'
import { NephosError } from '@nephos/core/errors'

/** Serial consoles of simulated machines: they give back what is typed, and say that no guest does. */
export class SerialEchoes {
  readonly #open = new Map<string, Set<Duplex>>()
  readonly #write: (instanceId: string, text: string) => void

  /** @param write appends to the machine's serial log, as QEMU does with all output */
  constructor(write: (instanceId: string, text: string) => void) {
    this.#write = write
  }

  /** @throws NephosError conflict when the machine is off, unsupported for the screen that it does not have */
  connect(instanceId: string, kind: 'vnc' | 'serial', running: boolean): Duplex {
    if (!running)
      throw new NephosError('conflict', 'The machine of the instance does not run now.', {
        remedy: 'Open the console once it runs.',
      })
    if (kind === 'vnc')
      throw new NephosError('unsupported', 'This machine is simulated: it has no screen.', {
        remedy: 'Open its serial console.',
      })
    const port = echo((text) => this.#write(instanceId, text))
    const ports = this.#open.get(instanceId) ?? new Set()
    this.#open.set(instanceId, ports.add(port))
    port.once('close', () => {
      ports.delete(port)
      if (ports.size === 0 && this.#open.get(instanceId) === ports) this.#open.delete(instanceId)
    })
    return port
  }

  /** The machine has ended. */
  end(instanceId: string): void {
    for (const port of [...(this.#open.get(instanceId) ?? [])]) port.destroy()
  }

  /** Ends all of them. */
  close(): void {
    for (const id of [...this.#open.keys()]) this.end(id)
  }
}

const longestLine = 4_096

function echo(log: (text: string) => void): Duplex {
  let line = ''
  const port = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      let said = ''
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n') {
          said += `\r\nsimulated: no guest runs; you typed ${JSON.stringify(line)}\r\nsimulated$ `
          line = ''
        } else if (character === '\x7f' || character === '\b') {
          if (line !== '') said += '\b \b'
          line = line.slice(0, -1)
        } else if (character >= ' ' && line.length < longestLine) {
          line += character
          said += character
        }
      }
      if (said !== '') {
        log(said)
        port.push(said)
      }
      done()
    },
  })
  const greeting = 'simulated$ '
  log(greeting)
  port.push(greeting)
  return port
}
