import { statfs } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import type { Inventory } from '../../driver.ts'
import { type DiskStore, storageFacts } from '../disk-store.ts'
import type { CpuController } from './cpu-cgroup.ts'
import { findUefi } from './firmware.ts'
import { runHostCommand } from './host-command.ts'

/** Version of the QEMU that `binary` is: `7.2.22`. */
export async function qemuVersion(binary: string): Promise<string> {
  const text = await runHostCommand([binary, '--version'], { timeoutMs: 10_000 })
  return /version (\S+)/.exec(text)?.[1] ?? text.split('\n')[0]!.trim()
}

/** What this host can give, with the facts an administrator wants to see. */
export async function hostInventory(host: {
  instancesDir: string
  /** Where disks are; null: in `instancesDir`. */
  store: DiskStore | null
  /** What tells that storage from others. */
  storageId: string | null
  binary: string
  accelerator: string
  acceleratorReason?: string
  userName?: string
  cpu: CpuController
}): Promise<Inventory> {
  const disk = await statfs(host.store?.dir ?? host.instancesDir)
  const uefi = await findUefi()
  return {
    vcpus: availableParallelism(),
    ramMib: Math.floor(totalmem() / 1024 ** 2),
    diskGib: Math.floor((disk.blocks * disk.bsize) / 1024 ** 3),
    facts: {
      simulated: false,
      ...storageFacts(host),
      accelerator: host.accelerator,
      acceleratorReason: host.acceleratorReason ?? null,
      qemuVersion: await qemuVersion(host.binary),
      qemuUser: host.userName ?? null,
      uefi: uefi !== null,
      uefiReason: uefi ? null : 'The package ovmf is not installed.',
      cpuLimits: host.cpu.version !== null,
      cpuLimitsReason: host.cpu.version === null ? host.cpu.reason : null,
      cpuModel: cpus()[0]?.model ?? null,
      kernel: release(),
      architecture: process.arch,
    },
  }
}
