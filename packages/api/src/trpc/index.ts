import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createCallerFactory } from './init.ts'
import { appRouter } from './root.ts'

export { sessionCookie } from '../session-cookie.ts'
export { type ContextInput, createContext, type TrpcContext } from './context.ts'
export { procedureLabel, type ServeTrpcOptions, serveTrpc } from './serve.ts'
export { appRouter }

/** The type that tRPC clients are made from. */
export type AppRouter = typeof appRouter
/** Input of each procedure: `RouterInputs['compute']['instances']['create']`. */
export type RouterInputs = inferRouterInputs<AppRouter>
/** Output of each procedure. */
export type RouterOutputs = inferRouterOutputs<AppRouter>

/** Calls procedures in the same process, as one context. */
export const createCaller = createCallerFactory(appRouter)
