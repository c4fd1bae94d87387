import { NephosError } from '@nephos/core/errors'
import type { MachineSpec, MachineStatus } from '../../driver.ts'
import type { QemuMachine } from './machine.ts'
import { forgetMemory, isMemorySaved, loadMemory, runStateOf, saveMemory } from './saved-memory.ts'
import type { QemuUser } from './user.ts'

/**
 * Saves the guest's memory and ends the process.
 * @throws NephosError conflict when the machine is off; driver_failed, cancelled
 */
export async function suspendMachine(
  machine: QemuMachine,
  user: QemuUser | null,
  signal?: AbortSignal,
): Promise<MachineStatus> {
  const qmp = await machine.monitor()
  if (qmp) await saveMemory(qmp, machine.paths, user, signal)
  else if (!isMemorySaved(machine.paths)) throw machineOff()
  await machine.end('suspended')
  return machine.status()
}

/**
 * Starts a process that goes on where the saved guest stood.
 * @throws NephosError conflict when no memory is saved; driver_failed when QEMU refuses it
 */
export async function resumeMachine(machine: QemuMachine, spec: MachineSpec): Promise<MachineStatus> {
  const half = await machine.monitor()
  // A former worker was killed while it loaded; what is saved is still whole.
  if (half && (await runStateOf(half)) === 'inmigrate') await machine.end()
  if (!(await machine.monitor())) {
    if (!isMemorySaved(machine.paths)) throw nothingSaved()
    await machine.start({ ...spec, incoming: true })
    try {
      const waiting = await machine.monitor()
      if (!waiting) throw machine.failure('QEMU ended')
      await loadMemory(waiting, machine.paths)
    } catch (error) {
      await machine.end('suspended')
      throw error
    }
  }
  const qmp = await machine.monitor()
  if (!qmp) throw nothingSaved()
  // Before the guest writes to its disk again.
  forgetMemory(machine.paths)
  if ((await runStateOf(qmp)) !== 'running') await qmp.execute('cont')
  return machine.status()
}

const machineOff = () => new NephosError('conflict', 'The machine of the instance does not run.')
const nothingSaved = () =>
  new NephosError('conflict', 'The memory of the guest is not saved on this host any more.', {
    remedy: 'Reboot the instance hard: it starts from its disk.',
  })
