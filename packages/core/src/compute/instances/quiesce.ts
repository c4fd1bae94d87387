import { conflict } from '../../kernel/index.ts'
import { hasGuestAgent, isYes } from './guest-agent.ts'

interface Copied {
  vmState: string
  imageProperties: unknown
}

/** Whether an image says that copies of its instances are worth nothing unless the guest's file systems are frozen. */
const requiresQuiesce = (imageProperties: unknown): boolean => isYes(imageProperties, 'os_require_quiesce')

/**
 * Whether the file systems of a guest are frozen while a copy of its disk begins, as in Nova: tried where its image has an
 * agent (`hw_qemu_guest_agent`), required where it says so (`os_require_quiesce`). A guest that does not run is not asked.
 */
export function quiesceOf({ vmState, imageProperties }: Copied): 'try' | 'require' | undefined {
  if (vmState !== 'active') return undefined
  if (requiresQuiesce(imageProperties)) return 'require'
  return hasGuestAgent(imageProperties) ? 'try' : undefined
}

/** @throws NephosError conflict where the guest would have to be frozen for a copy and cannot be */
export function checkQuiesce({ vmState, imageProperties }: Copied): void {
  if (!requiresQuiesce(imageProperties) || vmState === 'stopped') return
  const detail = { os_require_quiesce: true, vmState }
  if (!hasGuestAgent(imageProperties))
    throw conflict(
      'The image of the instance asks for frozen file systems (os_require_quiesce), but has no guest agent.',
      { detail, remedy: 'Stop the instance first.' },
    )
  if (vmState !== 'active')
    throw conflict(
      `The image of the instance asks for frozen file systems (os_require_quiesce), and a guest that is ${vmState} cannot freeze them.`,
      { detail, remedy: 'Let it run, or stop it, and try again.' },
    )
}
