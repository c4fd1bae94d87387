import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ConsoleDoor, openConsoleDoor } from '@nephos/api'
import { type Ctx, logout, openInstanceConsole, revokeRole, stopInstance } from '@nephos/core'
import { callCtx, ctxFor, makeTenant } from '@nephos/core/testing'
import { newId } from '@nephos/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { eventually, type LiveCloud, startLiveCloud } from '../testing/live-cloud.ts'

let live: LiveCloud
let door: ConsoleDoor
let server: Server
let base: string
const db = () => live.cloud.db

beforeAll(async () => {
  live = await startLiveCloud()
  door = openConsoleDoor(live.services)
  server = createServer().on('upgrade', (request, socket, head) => void door.upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/console`
})
afterAll(async () => {
  door?.close()
  server?.close()
  await live.close()
})

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** The tenant's user with a session of its own in the database. */
async function signedIn(ctx: Ctx = live.tenant.ctx): Promise<{ ctx: Ctx; cookie: string }> {
  if (ctx.actor.kind !== 'user') throw new Error('not a user')
  const secret = randomBytes(32).toString('base64url')
  const id = newId()
  const later = new Date(Date.now() + 3_600_000)
  await db().session.create({
    data: {
      id,
      userId: ctx.actor.userId,
      secretHash: hash(secret),
      projectId: ctx.actor.project!.id,
      rotatedAt: new Date(),
      lastSeenAt: new Date(),
      idleExpiresAt: later,
      absoluteExpiresAt: later,
    },
  })
  const actor = { ...ctx.actor, via: { type: 'session', sessionId: id } as const }
  return { ctx: callCtx(live.cloud, actor), cookie: `nephos_session=${secret}` }
}

/** The tenant's user as a script with an API token. */
async function script(): Promise<Ctx> {
  const { actor } = live.tenant.ctx
  if (actor.kind !== 'user') throw new Error('not a user')
  const id = newId()
  await db().token.create({
    data: {
      id,
      userId: actor.userId,
      secretHash: hash(id),
      scopeType: 'project',
      scopeId: actor.project!.id,
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  })
  return callCtx(live.cloud, { ...actor, via: { type: 'token', tokenId: id } })
}

interface Viewer {
  socket: WebSocket
  text: () => string
  type: (text: string) => void
  closed: Promise<{ code: number; reason: string }>
}

function view(token: string, headers: Record<string, string> = {}): Viewer {
  const socket = new WebSocket(`${base}?token=${token}`, { headers })
  let text = ''
  socket.on('message', (data) => {
    text += String(data)
  })
  return {
    socket,
    text: () => text,
    type: (typed) => socket.send(Buffer.from(typed)),
    closed: new Promise((resolve, reject) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
      socket.once('error', reject)
    }),
  }
}

async function running(name = 'console'): Promise<string> {
  const [created] = await live.tenant.create({ name })
  await eventually(async () => (await db().instance.findUnique({ where: { id: created!.id } }))?.guestReadyAt)
  return created!.id
}
const open = async (ctx: Ctx, id: string) =>
  (await openInstanceConsole({ ctx, input: { id, kind: 'serial' } })).token
const shows = (viewer: Viewer, text: string) => eventually(async () => viewer.text().includes(text))

test('two viewers see what happened before and the same from then on, and what both type is merged', async () => {
  const id = await running()
  const ctx = await script()
  const first = view(await open(ctx, id))
  await shows(first, 'READY console (simulated)')
  first.type('uname')
  await shows(first, 'uname')
  const second = view(await open(ctx, id))
  await shows(second, 'READY console (simulated)')
  second.type(' -a\r')
  for (const viewer of [first, second]) await shows(viewer, 'you typed "uname -a"')
  expect(second.text().match(/READY console/g)).toHaveLength(1)
  // What a terminal says by itself is passed on for the one who types only.
  first.type('\x1b[3;9R')
  second.type('x\r')
  await shows(first, 'you typed "x"')
  first.socket.close()
  expect(await first.closed).toMatchObject({ code: 1005 })
  second.type('still here\r')
  await shows(second, 'you typed "still here"')
  second.socket.close()
  const audit = await db().audit.findMany({
    where: { resourceId: id, verb: 'compute.instances.openConsole' },
  })
  expect(audit.map(({ detail }) => detail)).toEqual([{ kind: 'serial' }, { kind: 'serial' }])
})

test('a token works once, soon, and only with the session that asked for it', async () => {
  const id = await running()
  const person = await signedIn()
  const once = await open(person.ctx, id)
  // Without the session, and with another one: refused, and not used up.
  expect(await view(once).closed).toEqual({
    code: 4401,
    reason: 'The console token belongs to another session.',
  })
  const stranger = await signedIn((await makeTenant(live.cloud)).ctx)
  expect(await view(once, { cookie: stranger.cookie }).closed).toMatchObject({ code: 4401 })
  const viewer = view(once, { cookie: person.cookie })
  await shows(viewer, 'READY')
  expect(await view(once, { cookie: person.cookie }).closed).toEqual({
    code: 4401,
    reason: 'The console token was used already.',
  })
  viewer.socket.close()

  const late = await open(person.ctx, id)
  await db().consoleToken.update({
    where: { secretHash: hash(late) },
    data: { expiresAt: new Date(Date.now() - 1) },
  })
  expect(await view(late, { cookie: person.cookie }).closed).toEqual({
    code: 4401,
    reason: 'The console token has expired.',
  })
  expect(await view('nonsense').closed).toMatchObject({ code: 4401 })
  const stored = await db().consoleToken.findMany({ where: { instanceId: id } })
  expect(JSON.stringify(stored)).not.toContain(once)
})

test('many who bring the same token at once: one gets in', async () => {
  const id = await running()
  const token = await open(await script(), id)
  const viewers = Array.from({ length: 5 }, () => view(token))
  const ends = viewers.map(({ closed }) => closed)
  await eventually(async () => viewers.some((viewer) => viewer.text().includes('READY')))
  for (const { socket } of viewers) if (socket.readyState === WebSocket.OPEN) socket.close()
  const codes = (await Promise.all(ends)).map(({ code }) => code)
  expect(codes.filter((code) => code === 4401)).toHaveLength(4)
})

test('readers, other projects, and machines that do not run have no console', async () => {
  const id = await running()
  const { actor } = live.tenant.ctx
  const reader = callCtx(live.cloud, { ...actor, projectRoles: ['reader'] } as Ctx['actor'])
  await expect(open(reader, id)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(open(ctxFor(live.cloud, await makeTenant(live.cloud)), id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(
    openInstanceConsole({ ctx: await script(), input: { id, kind: 'vnc' } }),
  ).rejects.toMatchObject({ code: 'unsupported', message: 'This machine is simulated: it has no screen.' })
  await db().instance.update({ where: { id }, data: { locked: true } })
  expect(await open(await script(), id)).toHaveLength(43)
  await db().instance.update({ where: { id }, data: { locked: false } })
  await stopInstance({ ctx: live.tenant.ctx, input: { id } })
  await eventually(async () => {
    const record = await db().instance.findUnique({ where: { id } })
    return record?.vmState === 'stopped' && record.taskState === null
  })
  await expect(open(await script(), id)).rejects.toMatchObject({
    code: 'conflict',
    message: 'The instance is stopped; it has a console while it runs.',
  })
})

test('a console ends, and says why, when the instance stops', async () => {
  const id = await running()
  const viewer = view(await open(await script(), id))
  await shows(viewer, 'READY')
  await stopInstance({ ctx: live.tenant.ctx, input: { id } })
  expect(await viewer.closed).toEqual({ code: 4409, reason: 'The instance was stopped.' })
})

test('signing out ends the consoles of the session at once, and no others', async () => {
  const id = await running()
  const [leaving, staying] = [await signedIn(), await signedIn()]
  const first = view(await open(leaving.ctx, id), { cookie: leaving.cookie })
  const second = view(await open(staying.ctx, id), { cookie: staying.cookie })
  await Promise.all([shows(first, 'READY'), shows(second, 'READY')])
  const start = Date.now()
  await logout({ ctx: leaving.ctx, input: {} })
  expect(await first.closed).toEqual({ code: 4403, reason: 'You were signed out.' })
  // Sooner than the regular look, which comes every ten seconds.
  expect(Date.now() - start).toBeLessThan(8_000)
  second.type('hello\r')
  await shows(second, 'you typed "hello"')
  second.socket.close()
})

test('losing the role ends the console', async () => {
  const id = await running()
  const { user, ctx } = await makeTenant(live.cloud)
  const projectId = live.tenant.projectId
  const role = await db().role.findUniqueOrThrow({ where: { name: 'member' } })
  const assignment = await db().assignment.create({
    data: { id: newId(), userId: user.id, roleId: role.id, targetType: 'project', targetId: projectId },
  })
  if (ctx.actor.kind !== 'user') throw new Error('not a user')
  const person = await signedIn(
    callCtx(live.cloud, { ...ctx.actor, project: { ...ctx.actor.project!, id: projectId } }),
  )
  const viewer = view(await open(person.ctx, id), { cookie: person.cookie })
  await shows(viewer, 'READY')
  await revokeRole({ ctx: ctxFor(live.cloud, { systemRole: 'admin' }), input: { id: assignment.id } })
  expect(await viewer.closed).toMatchObject({ code: 4403 })
})

test('a worker that is restarted ends the console so that its client comes back, to the same output', async () => {
  const id = await running()
  const ctx = await script()
  const viewer = view(await open(ctx, id))
  await shows(viewer, 'READY')
  viewer.type('before\r')
  await shows(viewer, 'you typed "before"')
  await live.stopCompute()
  expect(await viewer.closed).toMatchObject({ code: 4503 })
  // Nobody answers for the host: that, too, is said.
  expect(await view(await open(ctx, id)).closed).toMatchObject({ code: 4503 })
  await live.startCompute()
  const again = await eventually(async () => {
    const next = view(await open(ctx, id))
    next.closed.catch(() => undefined)
    await Promise.race([next.closed, shows(next, 'simulated$ ').catch(() => undefined)])
    return next.socket.readyState === WebSocket.OPEN && next
  })
  await shows(again, 'you typed "before"')
  again.type('after\r')
  await shows(again, 'you typed "after"')
  again.socket.close()
})

test('more than eight consoles of an instance are refused, and one that closes makes room', async () => {
  const id = await running()
  const ctx = await script()
  const viewers = await Promise.all(Array.from({ length: 8 }, async () => view(await open(ctx, id))))
  await Promise.all(viewers.map((viewer) => shows(viewer, 'READY')))
  expect(await view(await open(ctx, id)).closed).toMatchObject({ code: 4429 })
  viewers[0]!.socket.close()
  await viewers[0]!.closed
  await eventually(async () => {
    const next = view(await open(ctx, id))
    await Promise.race([next.closed, shows(next, 'READY')])
    const joined = next.socket.readyState === WebSocket.OPEN
    next.socket.close()
    return joined
  })
  for (const { socket } of viewers) socket.close()
})

test('a flood of input comes through whole, a huge message is refused', async () => {
  const id = await running()
  const viewer = view(await open(await script(), id))
  await shows(viewer, 'simulated$ ')
  const lines = 3_000
  for (let index = 0; index < lines; index++) viewer.type(`line ${index} ${'x'.repeat(200)}\r`)
  await eventually(async () => viewer.text().includes(`you typed "line ${lines - 1} `))
  expect(viewer.text().match(/you typed "line \d+ x{200}"/g)).toHaveLength(lines)
  viewer.type('y'.repeat(1_100_000))
  expect(await viewer.closed).toMatchObject({ code: 1009 })
})

test('a page of another site cannot open a console', async () => {
  const id = await running()
  const token = await open(await script(), id)
  await expect(view(token, { origin: 'https://evil.example' }).closed).rejects.toThrow(/403/)
  const own = view(token, { origin: base.replace('ws:', 'http:').replace('/console', '') })
  await shows(own, 'READY')
  own.socket.close()
})
