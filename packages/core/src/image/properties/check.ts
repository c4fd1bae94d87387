import { invalid } from '../../kernel/index.ts'
import { wrongProperty } from './known.ts'

/**
 * Refuses values that known properties cannot have. What was said before is left alone.
 * @throws NephosError invalid_input naming the property
 */
export function checkProperties(
  properties: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(properties)) {
    const wrong = before[name] === value ? null : wrongProperty(name, value)
    if (wrong) throw invalid(`properties.${name}`, wrong)
  }
}
