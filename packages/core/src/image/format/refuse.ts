import { invalid, type NephosError } from '../../kernel/index.ts'

/** Refusal of a foreign disk format, with what to do instead. */
export const refuseImage = (message: string): NephosError =>
  invalid(
    'file',
    message,
    'Make a clean copy on your own computer: qemu-img convert -O qcow2 SOURCE image.qcow2',
  )

/** An unsigned 64-bit number that the arithmetic here can hold. @throws NephosError invalid_input */
export function plausible(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw refuseImage(`The ${what} is in an impossible place or size.`)
  return Number(value)
}
