import { identityVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain identity. */
export const identityRouter = router(procedures(identityVerbs))
