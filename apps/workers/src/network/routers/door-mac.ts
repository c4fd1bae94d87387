import { createHash } from 'node:crypto'

/** MAC of the door of an external network, on whichever host it is: locally administered, and no port's. */
export const doorMac = (networkId: string): string => {
  const digits = createHash('sha256').update(networkId).digest('hex').slice(0, 10)
  return `0a:${digits.match(/../g)!.join(':')}`
}
