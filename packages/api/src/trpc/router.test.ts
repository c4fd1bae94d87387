import { inspect } from 'node:util'
import {
  type AnyVerb,
  allVerbs,
  defineVerb,
  type ImageRow,
  NephosError,
  type Page,
  type Services,
} from '@nephos/core'
import { TRPCError } from '@trpc/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createContext } from './context.ts'
import { createCaller, type RouterInputs, type RouterOutputs } from './index.ts'
import { createCallerFactory, router } from './init.ts'
import { procedures } from './procedure.ts'
import { appRouter } from './root.ts'

const verbsOf = (tree: object): AnyVerb[] =>
  Object.values(tree).flatMap((value) =>
    typeof value === 'function' ? [value as AnyVerb] : verbsOf(value as object),
  )

const lines: string[] = []
const services = {
  log: { child: (bound: object) => ({ error: (...told: unknown[]) => lines.push(inspect([bound, told])) }) },
} as unknown as Services
const context = () =>
  createContext({
    services,
    actor: { kind: 'system', name: 'test' },
    requestId: 'req-test',
    address: '127.0.0.1',
    resHeaders: new Headers(),
  })

describe('the router', () => {
  it('has a procedure of the same name and kind for every verb', () => {
    const known = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>
    const verbs = verbsOf(allVerbs)
    expect(verbs.length).toBeGreaterThan(50)
    expect(Object.keys(known).sort()).toEqual(verbs.map((it) => it.verb).sort())
    for (const { verb, kind } of verbs) expect([verb, known[verb]?._def.type]).toEqual([verb, kind])
  })

  it('keeps the exact types of the verbs', () => {
    expectTypeOf<RouterOutputs['image']['images']['list']>().toEqualTypeOf<Page<ImageRow>>()
    expectTypeOf<RouterInputs['image']['images']['show']>().toEqualTypeOf<{ id: string }>()
    expectTypeOf<RouterOutputs['identity']['sessions']['login']>().not.toHaveProperty('secret')
    expectTypeOf(createCaller(context()).image.images.list).returns.resolves.toEqualTypeOf<Page<ImageRow>>()
  })
})

describe('a procedure', () => {
  const verb = (name: string, run: () => Promise<{ ok: boolean }>) =>
    defineVerb({
      name,
      kind: 'query',
      rule: { scope: 'anyone' },
      input: z.object({ limit: z.int().default(3) }),
      run,
    })
  const call = createCallerFactory(
    router(
      procedures({
        fine: verb('fine', async () => ({ ok: true })),
        known: verb('known', async () => {
          throw new NephosError('quota_exceeded', 'Too many.', { detail: { used: 3 } })
        }),
        broken: verb('broken', async () => {
          throw new Error('password=hunter2')
        }),
      }),
    ),
  )(context())
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => {
        throw new Error('it did not fail')
      },
      (error: unknown) => error as TRPCError,
    )

  it('passes the input to the verb, which checks it', async () => {
    expect(await call.fine({})).toEqual({ ok: true })
    const error = await failure(call.fine({ limit: 'x' as never }))
    expect(error.cause).toMatchObject({ code: 'invalid_input', field: 'limit' })
  })

  it('keeps a typed error and replaces an unexpected one, which is logged', async () => {
    const known = await failure(call.known({}))
    expect(known).toBeInstanceOf(TRPCError)
    expect(known).toMatchObject({
      code: 'FORBIDDEN',
      message: 'Too many.',
      cause: { code: 'quota_exceeded' },
    })
    expect(lines).toEqual([])
    const broken = await failure(call.broken({}))
    expect(broken).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', cause: { code: 'internal' } })
    expect(broken.message).not.toContain('hunter2')
    expect(lines.join()).toContain('hunter2')
    expect(lines.join()).toContain('req-test')
  })

  it('answers nothing where the whole request was refused', async () => {
    const refusal = new NephosError('forbidden', 'Another site sent this.')
    const refused = createCaller({ ...context(), refusal })
    expect(await failure(refused.image.images.list({}))).toMatchObject({ cause: refusal })
  })
})
