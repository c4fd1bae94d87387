import { NephosError } from '../../kernel/index.ts'

/** Whether an image says that its guest has the agent of QEMU (`hw_qemu_guest_agent`, as in Nova). */
export const hasGuestAgent = (imageProperties: unknown): boolean =>
  isYes(imageProperties, 'hw_qemu_guest_agent')

/** Whether a property of an image says yes. */
export function isYes(imageProperties: unknown, key: string): boolean {
  const value =
    imageProperties !== null && typeof imageProperties === 'object'
      ? new Map(Object.entries(imageProperties)).get(key)
      : undefined
  return value === true || (typeof value === 'string' && /^(yes|true|on|1)$/i.test(value))
}

/** @throws NephosError conflict for an instance whose guest has no agent */
export function requireGuestAgent(imageProperties: unknown): void {
  if (hasGuestAgent(imageProperties)) return
  throw new NephosError('conflict', 'The image of the instance has no guest agent.', {
    remedy:
      'Use an image whose guest runs the QEMU guest agent and whose property hw_qemu_guest_agent is yes; it counts for instances made from then on.',
  })
}
