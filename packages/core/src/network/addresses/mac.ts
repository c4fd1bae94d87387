import { randomBytes } from 'node:crypto'

/** A random MAC with the prefix that OpenStack uses: `fa:16:3e:` and three bytes. */
export const randomMac = (): string =>
  ['fa', '16', '3e', ...Array.from(randomBytes(3), (byte) => byte.toString(16).padStart(2, '0'))].join(':')

const macForm = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

/**
 * The MAC in lower case with colons, or null when it is not the address of one interface (wrong form, a group
 * address, all zeros).
 */
export function normaliseMac(text: string): string | null {
  const mac = text.toLowerCase().replaceAll('-', ':')
  if (!macForm.test(mac) || mac === '00:00:00:00:00:00') return null
  return Number.parseInt(mac.slice(0, 2), 16) & 1 ? null : mac
}
