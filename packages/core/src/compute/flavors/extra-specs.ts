import { z } from 'zod'
import { invalid, NephosError } from '../../kernel/errors.ts'
import { maxExtraSpecs, wrongExtraSpec } from '../machine/keys.ts'
import { machineOptions } from '../machine/options.ts'

const tooMany = `A flavor has at most ${maxExtraSpecs} extra specs.`

/** Extra specs as a caller gives them. */
export const extraSpecs = z
  .record(z.string().min(1, 'An extra spec needs a name.'), z.string())
  .refine((specs) => Object.keys(specs).length <= maxExtraSpecs, tooMany)

/**
 * Checks all extra specs of a flavor: each by itself, and what they say together of a machine with these vCPUs.
 * @param blame field to name when they do not fit together
 * @throws NephosError invalid_input naming `extraSpecs.<key>`
 */
export function requireValidExtraSpecs(
  specs: Readonly<Record<string, string>>,
  vcpus: number,
  blame = 'extraSpecs',
): void {
  if (Object.keys(specs).length > maxExtraSpecs) throw invalid('extraSpecs', tooMany)
  for (const [key, value] of Object.entries(specs)) {
    const why = wrongExtraSpec(key, value)
    if (why) throw invalid(`extraSpecs.${key}`, why)
  }
  try {
    machineOptions({ vcpus, extraSpecs: specs, imageProperties: null })
  } catch (error) {
    if (!(error instanceof NephosError)) throw error
    const key = error.detail?.key
    throw new NephosError('invalid_input', error.message, {
      field: typeof key === 'string' ? `extraSpecs.${key}` : blame,
      remedy: 'Correct the extra specs.',
      cause: error,
    })
  }
}
