import { join } from 'node:path'
import { machineFiles } from './command-line.ts'

/**
 * Where one instance lives on its host. What the driver believes (`record`, `identity`) lies beside the machine's
 * directory `vm`, which alone belongs to the user that QEMU runs as.
 */
export function instancePaths(instancesDir: string, instanceId: string) {
  const dir = join(instancesDir, instanceId)
  const vm = join(dir, 'vm')
  return {
    dir,
    vm,
    /** The driver's own notes on the machine. */
    record: join(dir, 'machine.json'),
    /** Which process QEMU is. */
    identity: join(dir, 'qemu.process'),
    /** What QEMU says. */
    log: join(dir, 'qemu.log'),
    disk: join(vm, machineFiles.disk),
    /** Hard link to the cached image. */
    base: join(vm, machineFiles.base),
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
