import { health } from '#server/probes.ts'

export const dynamic = 'force-dynamic'

export async function GET() {
  const state = await health()
  return Response.json(state, {
    status: state.status === 'down' ? 503 : 200,
    headers: { 'cache-control': 'no-store' },
  })
}
