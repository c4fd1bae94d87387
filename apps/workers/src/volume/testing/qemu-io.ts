import { type ChildProcess, spawn } from 'node:child_process'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import type { VolumeRoute } from '@nephos/core'
import type { QemuUser } from '../../compute/drivers/qemu/user.ts'
import { netnsPath } from '../../network/drivers/linux/host-tools.ts'

const prompt = 'qemu-io> '

/** Where and as whom a volume is opened. */
export interface QemuIoWorld {
  netns: string
  /** Directory for what QEMU has to read. */
  directory: string
  user: QemuUser | null
}

/** Opens a volume as QEMU does for a guest, with QEMU's own code for the route, and reads and writes it. */
export class QemuIo {
  readonly #child: ChildProcess
  #said = ''
  #ended = false
  #wake: () => void = () => {}

  private constructor(child: ChildProcess) {
    this.#child = child
    const hear = (text: Buffer) => {
      this.#said += text.toString()
      this.#wake()
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    child.once('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  /** @throws Error with QEMU's words when it is refused */
  static async open(route: VolumeRoute, { netns, directory, user }: QemuIoWorld): Promise<QemuIo> {
    const keys = `${directory}/keys`
    if (route.kind === 'nbd' && route.psk) {
      await mkdir(keys, { recursive: true })
      await writeFile(`${keys}/keys.psk`, `${route.psk.user}:${route.psk.key}\n`)
      if (user) for (const path of [keys, `${keys}/keys.psk`]) await chown(path, user.uid, user.gid)
    }
    const become = user
      ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
      : []
    const command = [
      'nsenter',
      `--net=${netnsPath(netns)}`,
      '--',
      ...become,
      'qemu-io',
      ...imageArgs(route, keys),
    ]
    const client = new QemuIo(spawn(command[0]!, command.slice(1), { stdio: 'pipe', cwd: '/' }))
    await client.#untilPrompt()
    return client
  }

  /** Writes a byte over and over. @throws Error when the server refuses */
  write(byte: number, offset: string, length: string): Promise<void> {
    return this.#judge(`write -P ${byte} ${offset} ${length}`, /^wrote /m)
  }

  /** @throws Error when other bytes are there */
  check(byte: number, offset: string, length: string): Promise<void> {
    return this.#judge(`read -P ${byte} ${offset} ${length}`, /^read \d+/m)
  }

  /** What `block_resize` does in a guest's QEMU. @returns whether the disk has this size now */
  async resize(bytes: number): Promise<boolean> {
    // A request makes a client that was cut off come back.
    await this.#run('read 0 512')
    await this.#run(`truncate ${bytes}`)
    return (await this.#length()) === bytes
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.#child.kill('SIGKILL')
    await new Promise<void>((resolve) =>
      this.#ended ? resolve() : this.#child.once('close', () => resolve()),
    )
  }

  async #length(): Promise<number> {
    const [, amount = '0', unit = ''] = /([\d.]+) (\w+)/.exec(await this.#run('length')) ?? []
    return Number(amount) * { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }[unit as 'KiB']
  }

  async #judge(command: string, good: RegExp): Promise<void> {
    const said = await this.#run(command)
    if (!good.test(said) || /verification failed|failed:|error/i.test(said))
      throw new Error(`${command}: ${said}`)
  }

  async #run(command: string): Promise<string> {
    this.#child.stdin!.write(`${command}\n`)
    return this.#untilPrompt()
  }

  async #untilPrompt(): Promise<string> {
    for (;;) {
      const at = this.#said.indexOf(prompt)
      if (at >= 0) {
        const said = this.#said.slice(0, at)
        this.#said = this.#said.slice(at + prompt.length)
        return said
      }
      if (this.#ended) throw new Error(this.#said.trim() || 'qemu-io has ended')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function imageArgs(route: VolumeRoute, keys: string): string[] {
  if (route.kind === 'nbd') {
    const { address, name, psk } = route
    const where = 'path' in address ? `path=${address.path}` : `host=${address.host},port=${address.port}`
    const tls = psk
      ? ['--object', `tls-creds-psk,id=tls,endpoint=client,dir=${keys},username=${psk.user}`]
      : []
    const image = `driver=nbd,${where},export=${name},reconnect-delay=60${psk ? ',tls-creds=tls' : ''}`
    return [...tls, '--image-opts', image]
  }
  if (route.kind !== 'iscsi') throw new Error(`QEMU does not take ${route.kind}`)
  const { portal, target, lun, user, password, initiator } = route
  const login = `user=${user},password-secret=chap,initiator-name=${initiator}`
  return [
    ...['--object', `secret,id=chap,data=${password}`],
    ...['--image-opts', `driver=iscsi,transport=tcp,portal=${portal},target=${target},lun=${lun},${login}`],
  ]
}
