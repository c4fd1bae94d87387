import { dirname, join } from 'node:path'
import { machineFiles } from './command-line.ts'

/** Name of the link in a machine's directory that leads to disks which are stored elsewhere. */
export const disksLink = 'disks'

/**
 * Where one instance lives on its host. What the driver believes (`record`, `identity`) lies beside the machine's
 * directory `vm`, which alone belongs to the user that QEMU runs as.
 * @param stored directory of its disks where it is another one, on storage that other hosts may have, too
 */
export function instancePaths(instancesDir: string, instanceId: string, stored?: string) {
  const dir = join(instancesDir, instanceId)
  const vm = join(dir, 'vm')
  const disks = stored ?? vm
  return {
    dir,
    vm,
    /** Where its disks and what lies below them are: `vm` unless they are stored elsewhere. */
    disks,
    /** Whether they are stored elsewhere. */
    stored: stored !== undefined,
    /** What leads QEMU, which runs in `vm`, to a file of a disk: put before its name. */
    toDisks: stored === undefined ? '' : `${disksLink}/`,
    /** Disks that are put aside: out of reach of the user that QEMU runs as, on the same storage. */
    parked: join(stored === undefined ? dir : dirname(stored), 'parked'),
    /** The driver's own notes on the machine. */
    record: join(dir, 'machine.json'),
    /** Which process QEMU is. */
    identity: join(dir, 'qemu.process'),
    /** What QEMU says. */
    log: join(dir, 'qemu.log'),
    disk: join(disks, machineFiles.disk),
    /** Hard link to the cached image. */
    base: join(disks, machineFiles.base),
    qmp: join(vm, machineFiles.qmp),
    serial: join(vm, machineFiles.serial),
    vnc: join(vm, machineFiles.vnc),
    agent: join(vm, machineFiles.agent),
    /** Memory of a suspended guest. QEMU itself cannot read it. */
    memory: join(dir, 'memory.saved'),
    memorySocket: join(vm, machineFiles.memorySocket),
    serialLog: join(vm, machineFiles.serialLog),
  }
}
export type InstancePaths = ReturnType<typeof instancePaths>
