import type { z } from 'zod'
import type { Ctx } from './context.ts'
import { NephosError } from './errors.ts'
import { authorise, type Rule } from './policy.ts'

/** How a verb is described, and how it is called: `await createInstance({ ctx, input })`. */
export interface Verb<In extends z.ZodType = z.ZodType, Out = unknown> {
  (call: { ctx: Ctx; input: z.input<In> }): Promise<Out>
  /** `compute.instances.create`: domain, noun, verb. */
  readonly verb: string
  readonly kind: 'query' | 'mutation'
  readonly rule: Rule
  readonly input: In
}

/** What {@link defineVerb} takes. */
export interface VerbSpec<In extends z.ZodType, Out> {
  name: string
  kind: 'query' | 'mutation'
  rule: Rule
  input: In
  run: (call: { ctx: Ctx; input: z.output<In> }) => Promise<Out>
}

/**
 * Makes the one function behind a verb of the cloud: it checks the input, then the right to call it, then runs.
 * Every API face calls this and nothing below it.
 */
export function defineVerb<In extends z.ZodType, Out>(spec: VerbSpec<In, Out>): Verb<In, Out> {
  const call = async ({ ctx, input }: { ctx: Ctx; input: z.input<In> }) => {
    authorise(ctx, spec.name, spec.rule)
    const parsed = spec.input.safeParse(input)
    if (!parsed.success) throw fromZod(parsed.error)
    return spec.run({ ctx, input: parsed.data })
  }
  return Object.assign(call, {
    verb: spec.name,
    kind: spec.kind,
    rule: spec.rule,
    input: spec.input,
  })
}

/** The first problem of a refused input, with its field, and all of them in `detail.issues`. */
export function fromZod(error: z.ZodError): NephosError {
  const issues = error.issues.map((issue) => ({
    field: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const first = issues[0] ?? { field: '', message: 'The input is not valid.' }
  return new NephosError('invalid_input', first.field ? `${first.field}: ${first.message}` : first.message, {
    field: first.field,
    detail: { issues },
  })
}
