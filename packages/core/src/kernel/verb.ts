import { traced } from '@nephos/tracing'
import type { z } from 'zod'
import type { Ctx } from './context.ts'
import { NephosError } from './errors.ts'
import { authorise, type Rule } from './policy.ts'

/** Whether a verb only reads. */
export type VerbKind = 'query' | 'mutation'

/** How a verb is described, and how it is called: `await createInstance({ ctx, input })`. */
export interface Verb<In extends z.ZodType = z.ZodType, Out = unknown, Kind extends VerbKind = VerbKind> {
  (call: { ctx: Ctx; input: z.input<In> }): Promise<Out>
  /** `compute.instances.create`: domain, noun, verb. */
  readonly verb: string
  readonly kind: Kind
  readonly rule: Rule
  readonly input: In
}

/** Any verb, for code that walks over all of them. */
export interface AnyVerb {
  (call: never): Promise<unknown>
  readonly verb: string
  readonly kind: VerbKind
  readonly rule: Rule
  readonly input: z.ZodType
}

/** Verbs as a domain exports them: nested by noun. */
export interface VerbTree {
  readonly [name: string]: AnyVerb | VerbTree
}

/** What {@link defineVerb} takes. */
export interface VerbSpec<In extends z.ZodType, Out, Kind extends VerbKind = VerbKind> {
  name: string
  kind: Kind
  rule: Rule
  input: In
  run: (call: { ctx: Ctx; input: z.output<In> }) => Promise<Out>
}

/**
 * Makes the one function behind a verb of the cloud: it checks the input, then the right to call it, then runs.
 * Every API face calls this and nothing below it.
 */
export function defineVerb<In extends z.ZodType, Out, Kind extends VerbKind>(
  spec: VerbSpec<In, Out, Kind>,
): Verb<In, Out, Kind> {
  const call = async ({ ctx, input }: { ctx: Ctx; input: z.input<In> }) => {
    authorise(ctx, spec.name, spec.rule)
    const parsed = spec.input.safeParse(input)
    if (!parsed.success) throw fromZod(parsed.error)
    return traced(spec.name, { 'nephos.request_id': ctx.requestId }, () =>
      spec.run({ ctx, input: parsed.data }),
    )
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
