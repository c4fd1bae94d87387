import { computeVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain compute. */
export const computeRouter = router(procedures(computeVerbs))
