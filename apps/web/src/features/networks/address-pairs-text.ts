/** An address pair as it is typed: without a MAC it has the port's own. */
interface PairText {
  ipAddress: string
  macAddress?: string
}

/** Pairs as they are typed, one a line; the port's own MAC is left out. */
export const writePairs = (pairs: readonly PairText[], ownMac: string): string =>
  pairs
    .map(({ ipAddress, macAddress }) =>
      macAddress && macAddress !== ownMac ? `${ipAddress} ${macAddress}` : ipAddress,
    )
    .join('\n')

/** Reads pairs as they are typed. `problem` names the first line that is none. */
export function readPairs(text: string): { pairs: PairText[]; problem: string | null } {
  const pairs: PairText[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [ipAddress, macAddress, ...more] = line.split(/[\s,;]+/).filter(Boolean)
    if (!ipAddress) continue
    if (more.length > 0)
      return { pairs, problem: `Line ${index + 1} is not an address and a MAC, such as 10.0.0.100.` }
    pairs.push(macAddress ? { ipAddress, macAddress } : { ipAddress })
  }
  return { pairs, problem: null }
}
