import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Commands in guests, over SSH, as a person gives them from outside. */
export interface GuestShell {
  /** What the command wrote. @throws Error when the guest cannot be reached or the command fails */
  (address: string, command: string, options?: { port?: number }): Promise<string>
  /** Forgets the key. */
  end: () => void
}

/** A shell with the private key of a key pair. */
export function guestShell(privateKey: string): GuestShell {
  const directory = mkdtempSync(join(tmpdir(), 'nephos-key-'))
  const key = join(directory, 'key')
  writeFileSync(key, privateKey, { mode: 0o600 })
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ]
  const shell = async (address: string, command: string, { port = 22 } = {}): Promise<string> => {
    const given = [
      '-i',
      key,
      '-p',
      String(port),
      '-o',
      'ConnectTimeout=5',
      ...options.flatMap((one) => ['-o', one]),
    ]
    const { stdout } = await run('ssh', [...given, `root@${address}`, command], { timeout: 60_000 })
    return stdout
  }
  return Object.assign(shell, { end: () => rmSync(directory, { recursive: true, force: true }) })
}
