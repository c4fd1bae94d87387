import { imageVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain image. */
export const imageRouter = router(procedures(imageVerbs))
