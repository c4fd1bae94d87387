import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadConfig } from '@nephos/config'
import { afterEach, expect, it } from 'vitest'
import { imageStoreChecks } from './image-stores.ts'

let server: Server | undefined
afterEach(() => void server?.close())

/** A server that answers each path in one way. */
async function serve(
  answer: (path: string) => [status: number, headers: Record<string, string>, body: string],
) {
  server = createServer((request, response) => {
    const [status, headers, body] = answer(request.url ?? '')
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const look = (stores: string) =>
  imageStoreChecks(loadConfig({ env: { NEPHOS_IMAGE_STORES: stores }, cwd: '/' }))

it('says nothing of directories, and that a store answers', async () => {
  const host: string = await serve((path) =>
    path === '/auth/v1.0'
      ? [200, { 'x-storage-url': `http://${host}/v1/A`, 'x-auth-token': 't' }, '']
      : [200, {}, '[]'],
  )
  expect(await look(`file, swift=swift+http://u:k@${host}/auth/v1.0`)).toEqual([
    { name: 'Image store swift', state: 'ok', found: 'answers (swift)' },
  ])
})

it('says what is wrong, and what to do', async () => {
  const host = await serve(() => [401, {}, ''])
  const [refused, away] = await look(
    `a=swift+http://u:hidden@${host}/auth/v1.0, b=swift+http://u:hidden@127.0.0.1:1/auth/v1.0`,
  )
  expect(refused).toMatchObject({ state: 'limited', remedy: expect.stringMatching(/image_stores/) })
  expect(away).toMatchObject({ state: 'limited', found: expect.stringMatching(/cannot be reached/) })
  expect(JSON.stringify([refused, away])).not.toContain('hidden')
})
