import { z } from 'zod'

/**
 * The extra specs of a type: text by key. The cloud acts on `volume_backend_name` (name or kind of the back end, or
 * `<host>@<back end>`), `multiattach`, `across_hosts`, `online_extend` and `live_snapshot` (`<is> True`), and
 * `RESKEY:availability_zones` (zones separated by commas); others are kept for whoever reads them.
 */
export const typeSpecs = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z0-9 _.:-]{1,255}$/,
        'A key has letters, digits, blanks, _ . : and - only, at most 255.',
      ),
    z.string().max(255, 'A value has at most 255 characters.'),
  )
  .refine((specs) => Object.keys(specs).length <= 128, 'A type has at most 128 extra specs.')

/** Cinder's ways to write yes. */
export const isTrue = (value: string | undefined): boolean =>
  value !== undefined && /^\s*(<is>\s*)?(true|yes|1)\s*$/i.test(value)

/** The extra specs of a stored type. */
export const specsOf = ({ extraSpecs }: { extraSpecs: unknown }): Record<string, string> =>
  (extraSpecs ?? {}) as Record<string, string>
