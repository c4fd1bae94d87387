import { until } from '@nephos/testbed'
import type { GuestShell } from './guest-shell.ts'

/** What a guest does with a volume, seen from inside. */
export interface GuestDisks {
  /** Waits until the guest has the volume. @returns its device */
  device(volumeId: string): Promise<string>
  /** Waits until the guest has it no more. */
  gone(volumeId: string): Promise<void>
  /** Writes `mib` MiB of chance from `at` MiB on, to the disk itself. @returns {@link GuestDisks.sum} of it */
  write(volumeId: string, range: Range): Promise<string>
  /** SHA-256 of a range, as hexadecimal digits. */
  sum(volumeId: string, range: Range): Promise<string>
  /** How large the guest sees it, in MiB. */
  sizeMib(volumeId: string): Promise<number>
}

/** Part of a disk, in MiB. */
export interface Range {
  at: number
  mib: number
}

/** The disks of the guest that answers at `address`. */
export function guestDisks(shell: GuestShell, address: string): GuestDisks {
  const run = async (command: string) => (await shell(address, command)).trim()
  const find = (volumeId: string) =>
    run(
      `for disk in /sys/block/*; do [ "$(cat $disk/serial 2>/dev/null)" = ${volumeId.slice(0, 20)} ] && echo /dev/\${disk##*/}; done; true`,
    )
  const device = (volumeId: string) =>
    until(`the guest has the volume ${volumeId}`, () => find(volumeId), { timeoutMs: 60_000 })
  const sum = async (volumeId: string, { at, mib }: Range) => {
    const disk = await device(volumeId)
    const text = await run(
      `sync; echo 3 > /proc/sys/vm/drop_caches; dd if=${disk} bs=1M skip=${at} count=${mib} 2>/dev/null | sha256sum`,
    )
    return text.split(' ')[0]!
  }
  return {
    device,
    sum,
    gone: async (volumeId) => {
      await until('the guest has let go of the volume', async () => !(await find(volumeId)), {
        timeoutMs: 60_000,
      })
    },
    write: async (volumeId, range) => {
      const disk = await device(volumeId)
      await run(
        `dd if=/dev/urandom of=${disk} bs=1M seek=${range.at} count=${range.mib} conv=fsync 2>/dev/null`,
      )
      return sum(volumeId, range)
    },
    sizeMib: async (volumeId) => {
      const disk = await device(volumeId)
      return Number(await run(`cat /sys/block/${disk.slice('/dev/'.length)}/size`)) / 2048
    },
  }
}
