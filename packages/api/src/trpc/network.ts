import { networkVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain network. */
export const networkRouter = router(procedures(networkVerbs))
