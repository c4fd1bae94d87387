import { readFile, rm } from 'node:fs/promises'
import { runHostCommand } from '../../../compute/drivers/qemu/host-command.ts'

/** Takes away what is mounted on a file, also when whoever served it has died, and the file. */
export async function clearMount(path: string): Promise<void> {
  for (let times = 0; times < 8 && (await isMounted(path)); times++)
    await runHostCommand(['umount', '--lazy', path])
  await rm(path, { force: true })
}

/** Asks the kernel's table: looking at a file whose server has died fails. */
async function isMounted(path: string): Promise<boolean> {
  // Spaces and the like are written as octal numbers there.
  const written = path.replace(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .some((line) => line.split(' ')[1] === written)
}
