import { metrics } from '#server/probes.ts'

export const dynamic = 'force-dynamic'

export const GET = async () =>
  new Response(await metrics().metrics(), { headers: { 'content-type': metrics().contentType } })
