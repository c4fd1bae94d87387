import { computeRouter } from './compute.ts'
import { identityRouter } from './identity.ts'
import { imageRouter } from './image.ts'
import { router } from './init.ts'
import { networkRouter } from './network.ts'
import { operationRouter } from './operation.ts'
import { volumeRouter } from './volume.ts'

/** Every procedure of the cloud; a procedure's path is its verb's name. */
export const appRouter = router({
  identity: identityRouter,
  compute: computeRouter,
  network: networkRouter,
  image: imageRouter,
  volume: volumeRouter,
  operation: operationRouter,
})
