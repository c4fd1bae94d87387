import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { computeRouter } from './compute.ts'
import { identityRouter } from './identity.ts'
import { imageRouter } from './image.ts'
import { createCallerFactory, router } from './init.ts'
import { networkRouter } from './network.ts'
import { operationRouter } from './operation.ts'

export {
  type ContextInput,
  createContext,
  readSessionCookie,
  sessionCookie,
  setSessionCookie,
  type TrpcContext,
} from './context.ts'

/** Every procedure of the cloud; a procedure's path is its verb's name. */
export const appRouter = router({
  identity: identityRouter,
  compute: computeRouter,
  network: networkRouter,
  image: imageRouter,
  operation: operationRouter,
})

/** The type that tRPC clients are made from. */
export type AppRouter = typeof appRouter
/** Input of each procedure: `RouterInputs['compute']['instances']['create']`. */
export type RouterInputs = inferRouterInputs<AppRouter>
/** Output of each procedure. */
export type RouterOutputs = inferRouterOutputs<AppRouter>

/** Calls procedures in the same process, as one context. */
export const createCaller = createCallerFactory(appRouter)
