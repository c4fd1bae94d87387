import { rmSync } from 'node:fs'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { type NephosConfig, statePaths } from '@nephos/config'
import { Failure } from '../failure.ts'
import type { StepEvent } from '../terminal/steps.ts'

/** Last line of a stream of steps: how it ended. */
export interface Outcome {
  kind: 'outcome'
  ok: boolean
  /** What was asked for, when it is more than a deed. */
  value?: string
  message?: string
  remedy?: string
  evidence?: string[]
}

/** What the supervisor does for whoever may open its socket. */
export interface Control {
  status: () => Promise<unknown>
  /** Streams the steps of the start, from the first one; resolves once the cloud is up or has failed. */
  follow: (say: (event: StepEvent) => void) => Promise<void>
  /** Stops everything and, with `machines`, the instances too. */
  down: (options: { machines: boolean }, say: (event: StepEvent) => void) => Promise<void>
  restart: (name: string) => Promise<void>
  /** Invites a host on another machine. @returns name, token and expiry as JSON */
  invite: (options: { name?: string; minutes: number }) => Promise<string>
  /** Takes the credentials of a host on another machine away. */
  forget: (name: string) => Promise<void>
}

/** The outcome of a thrown value, as it goes over the socket. */
export function outcomeOf(error: unknown): Outcome {
  const failure = error instanceof Failure ? error : undefined
  return {
    kind: 'outcome',
    ok: false,
    message: error instanceof Error ? error.message : String(error),
    remedy: failure?.remedy,
    evidence: failure?.evidence,
  }
}

/**
 * Serves the control socket `<home>/run/supervisor.sock`, which only its owner can open.
 * @throws Failure when another supervisor holds it
 */
export async function serveControl(config: NephosConfig, control: Control): Promise<Server> {
  const socketPath = statePaths(config).supervisorSocket
  if (await isSupervised(config))
    throw new Failure('This cloud is already running.', { remedy: 'Run `./nephos status`.' })
  rmSync(socketPath, { force: true })
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://supervisor')
    void serve(`${incoming.method} ${url.pathname}`, url.searchParams, response, control)
  })
  const mask = process.umask(0o077)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, resolve)
    })
  } finally {
    process.umask(mask)
  }
  return server
}

async function serve(
  route: string,
  query: URLSearchParams,
  response: ServerResponse,
  control: Control,
): Promise<void> {
  const line = (value: StepEvent | Outcome) => response.write(`${JSON.stringify(value)}\n`)
  const stream = async (work: () => Promise<unknown>) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders()
    await work().then(
      (value) => line({ kind: 'outcome', ok: true, ...(typeof value === 'string' && { value }) }),
      (error) => line(outcomeOf(error)),
    )
    response.end()
  }
  switch (route) {
    case 'GET /status':
      response.setHeader('content-type', 'application/json')
      return void response.end(JSON.stringify(await control.status()))
    case 'GET /events':
      return stream(() => control.follow(line))
    case 'POST /down':
      return stream(() => control.down({ machines: query.get('machines') === 'true' }, line))
    case 'POST /restart':
      return stream(() => control.restart(query.get('name') ?? ''))
    case 'POST /invite':
      return stream(() =>
        control.invite({ name: query.get('name') ?? undefined, minutes: Number(query.get('minutes')) }),
      )
    case 'POST /forget':
      return stream(() => control.forget(query.get('name') ?? ''))
    default:
      response.writeHead(404).end()
  }
}

function call(
  config: NephosConfig,
  method: string,
  path: string,
  onLine: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath: statePaths(config).supervisorSocket, method, path, agent: false },
      (response) => {
        let rest = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) onLine(line)
        })
        response.once('end', () => {
          if (rest) onLine(rest)
          resolve()
        })
        response.once('error', reject)
      },
    )
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** True when a supervisor of this cloud listens. @throws Failure when it belongs to another user */
export async function isSupervised(config: NephosConfig): Promise<boolean> {
  try {
    await call(config, 'GET', '/status', () => {})
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      throw new Failure(`The cloud in ${config.home} belongs to another user.`, {
        remedy: 'Run this as the user who started it (root: with sudo).',
      })
    return false
  }
}

/** Asks the supervisor what runs. */
export async function askStatus<T>(config: NephosConfig): Promise<T> {
  let text = ''
  await call(config, 'GET', '/status', (line) => {
    text += line
  })
  return JSON.parse(text) as T
}

/**
 * Asks the supervisor for something and hears its steps. @returns its answer, when it has one
 * @throws Failure with what the supervisor says went wrong, or when it ends in between
 */
export async function askSteps(
  config: NephosConfig,
  method: 'GET' | 'POST',
  path: string,
  say: (event: StepEvent) => void,
): Promise<string | undefined> {
  const ends: Outcome[] = []
  await call(config, method, path, (line) => {
    const value = JSON.parse(line) as StepEvent | Outcome
    if (value.kind === 'outcome') ends.push(value)
    else say(value)
  }).catch(() => {})
  const outcome = ends[0]
  if (!outcome)
    throw new Failure('The supervisor ended while it was at work.', {
      remedy: `Its log: ${statePaths(config).log}/supervisor.log`,
    })
  if (!outcome.ok)
    throw new Failure(outcome.message ?? 'It failed.', { remedy: outcome.remedy, evidence: outcome.evidence })
  return outcome.value
}
