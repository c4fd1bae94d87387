import type { AnyVerb, Verb, VerbKind, VerbTree } from '@nephos/core'
import type { TRPCMutationProcedure, TRPCQueryProcedure, TRPCRouterRecord } from '@trpc/server'
import type { z } from 'zod'
import type { TrpcContext } from './context.ts'
import { baseProcedure, toTrpcError } from './init.ts'

interface Typed<Input, Output> {
  input: Input
  output: Output
  meta: unknown
}
type ProcedureOfKind<Kind extends VerbKind, Input, Output> = Kind extends 'query'
  ? TRPCQueryProcedure<Typed<Input, Output>>
  : TRPCMutationProcedure<Typed<Input, Output>>

/** The tRPC procedure of a verb, with exactly the verb's input and output. */
export type ProcedureOf<V> =
  V extends Verb<infer In, infer Out, infer Kind> ? ProcedureOfKind<Kind, z.input<In>, Out> : never

/** A tree of verbs as a tree of procedures. */
export type ProceduresOf<Tree> = {
  [Name in keyof Tree]: Tree[Name] extends AnyVerb ? ProcedureOf<Tree[Name]> : ProceduresOf<Tree[Name]>
}

/** Runs one procedure's work; what it throws is mapped to the face's errors. */
export async function answer<Output>(
  ctx: TrpcContext,
  verb: string,
  work: () => Promise<Output>,
): Promise<Output> {
  try {
    if (ctx.refusal) throw ctx.refusal
    return await work()
  } catch (error) {
    throw toTrpcError(error, ctx, verb)
  }
}

/**
 * Passes the input on unread: the verb itself checks it, after the right to call it. A missing body counts as an
 * empty object where the verb takes one.
 */
export const inputOf =
  <In extends z.ZodType>(verb: { input: In }) =>
  (value: unknown): z.input<In> =>
    (value === undefined && verb.input.type === 'object' ? {} : value) as z.input<In>

/** Turns a verb into a procedure of its kind. */
export function procedure<In extends z.ZodType, Out, Kind extends VerbKind>(
  verb: Verb<In, Out, Kind>,
): ProcedureOfKind<Kind, z.input<In>, Out> {
  const base = baseProcedure.input((value: unknown): unknown => inputOf(verb)(value))
  const run = ({ ctx, input }: { ctx: TrpcContext; input: unknown }) =>
    answer(ctx, verb.verb, () => verb({ ctx, input: input as z.input<In> }))
  const made = verb.kind === 'query' ? base.query(run) : base.mutation(run)
  return made as unknown as ProcedureOfKind<Kind, z.input<In>, Out>
}

const isVerb = (value: unknown): value is Verb => typeof value === 'function' && 'verb' in value

/** Turns every verb of a tree (a domain's verbs, nested by noun) into procedures of the same names. */
export function procedures<Tree extends VerbTree>(tree: Tree): ProceduresOf<Tree> {
  const made: TRPCRouterRecord = {}
  for (const [name, value] of Object.entries(tree))
    made[name] = isVerb(value) ? procedure(value) : (procedures(value as VerbTree) as TRPCRouterRecord)
  return made as ProceduresOf<Tree>
}
