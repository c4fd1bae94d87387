import pc from 'picocolors'

const levels: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: pc.yellow('warn'),
  50: pc.red('error'),
  60: pc.red('fatal'),
}
const silent = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name', 'process', 'cloud', 'v'])

/** A line of a log for people: pino's JSON as time, level, sentence and fields; anything else as it is. */
export function formatLogLine(line: string, process?: string): string {
  const prefix = process ? `${pc.cyan(process)} ` : ''
  const entry = parse(line)
  if (!entry) return `${prefix}${line}\n`
  const at = new Date(Number(entry.time) || String(entry.time))
  const time = Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(11, 23)
  const fields = Object.entries(entry)
    .filter(([key]) => !silent.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const level = levels[Number(entry.level)] ?? String(entry.level)
  return `${prefix}${pc.dim(time)} ${level} ${String(entry.msg ?? '')}${fields.length > 0 ? pc.dim(` ${fields.join(' ')}`) : ''}\n`
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'level' in value
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
