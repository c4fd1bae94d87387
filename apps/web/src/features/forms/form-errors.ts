import { fieldErrors, readError, type ShownError } from '#trpc/error.ts'

/** A refusal of a form: which sentence belongs beside which field, and what is left for beside the button. */
export interface FormErrors {
  /** Sentence of each field, by the server's own field path. */
  at: Record<string, string>
  /** What no field of the form can show. */
  rest: ShownError | null
  /** The remedy of the field that was refused, for below the form. */
  hint: string | null
}

/** Sorts a refusal by the fields that a form has; `fields` are the beginnings of their paths. */
export function formErrors(error: unknown, fields: readonly string[]): FormErrors {
  if (!error) return { at: {}, rest: null, hint: null }
  const shown = readError(error)
  const at = fieldErrors(shown)
  const known = Object.keys(at).some((path) =>
    fields.some((field) => path === field || path.startsWith(`${field}.`)),
  )
  return { at, rest: known ? null : shown, hint: known ? shown.remedy : null }
}

/** The first sentence at or below a path: `pools` finds `pools.0.start`. */
export const errorBelow = (at: Record<string, string>, path: string): string | undefined =>
  at[path] ?? Object.entries(at).find(([field]) => field.startsWith(`${path}.`))?.[1]
