import { requestIdOf } from '@nephos/api'
import { serveTrpc } from '@nephos/api/trpc'
import { paths } from '#paths.ts'
import { addressOf } from '#server/request.ts'
import { services } from '#server/services.ts'

export const dynamic = 'force-dynamic'

const serve = (request: Request) =>
  serveTrpc({
    services: services(),
    request,
    endpoint: paths.api.trpc(),
    face: 'browser',
    requestId: requestIdOf(request.headers),
    address: addressOf(request.headers),
  })

export { serve as GET, serve as POST }
