import { operationVerbs } from '@nephos/core'
import { router } from './init.ts'
import { procedures } from './procedure.ts'

/** tRPC face of the domain operation. */
export const operationRouter = router(procedures(operationVerbs))
