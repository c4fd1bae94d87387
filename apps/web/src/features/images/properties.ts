import { imageMachineKeys, wrongValue } from '@nephos/core/machine-keys'

/** Properties as people edit them: one `name=value` a line. */
export const propertiesText = (properties: Record<string, string>): string =>
  Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')

/**
 * Reads `name=value` lines; empty lines are left out. `problem` names the first line that is none, or that says of the
 * machine what no machine can be.
 */
export function readProperties(text: string): { properties: Record<string, string>; problem: string | null } {
  const properties: Record<string, string> = {}
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    const name = line.slice(0, at).trim()
    if (at < 1 || name === '') return { properties, problem: `Line ${index + 1} is not name=value.` }
    if (Object.hasOwn(properties, name))
      return { properties, problem: `Line ${index + 1} repeats the property ${name}.` }
    const value = line.slice(at + 1).trim()
    const known = Object.hasOwn(imageMachineKeys, name) ? imageMachineKeys[name] : undefined
    const wrong = known && wrongValue(name, known, value)
    if (wrong) return { properties, problem: `Line ${index + 1}: ${wrong}` }
    properties[name] = value
  }
  return { properties, problem: null }
}
