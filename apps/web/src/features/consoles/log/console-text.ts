const esc = String.fromCharCode(0x1b)
const bell = String.fromCharCode(0x07)
// Colours and cursor movement of a terminal; the log shows words only.
const escapes = new RegExp(
  `${esc}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[()][A-Z0-9]|[=>78cDEHM])`,
  'g',
)
/** Control characters other than tab and newline. */
const controls = /(?![\t\n])\p{Cc}/gu

/** The log as readable text: terminal control sequences taken out, lines ended by one newline. */
export const plainText = (text: string): string =>
  text
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .replace(/\r(?!\n)/g, '\n')
    .replace(controls, '')

/** A part of a line: found by the search, or not. */
export interface Part {
  text: string
  found: boolean
}

/** Splits a line at what is searched for, without regard to case. */
export function splitFound(line: string, search: string): Part[] {
  if (search === '') return [{ text: line, found: false }]
  const parts: Part[] = []
  const lower = line.toLowerCase()
  const wanted = search.toLowerCase()
  let from = 0
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: line.slice(from, at), found: false })
    parts.push({ text: line.slice(at, at + wanted.length), found: true })
    from = at + wanted.length
  }
  if (from < line.length || parts.length === 0) parts.push({ text: line.slice(from), found: false })
  return parts
}

/** Where a search found something: line, and which one of the line's hits. */
export interface Hit {
  line: number
  nth: number
}

/** Everything that the search finds, in order; without regard to case. */
export function findHits(lines: readonly string[], search: string): Hit[] {
  if (search === '') return []
  const wanted = search.toLowerCase()
  const hits: Hit[] = []
  lines.forEach((line, index) => {
    const lower = line.toLowerCase()
    let nth = 0
    for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + wanted.length))
      hits.push({ line: index, nth: nth++ })
  })
  return hits
}
