import { volumeVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain volume. */
export const volumeRouter = router(procedures(volumeVerbs))
