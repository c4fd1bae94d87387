import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

/** A server that tells each client who it is to the server, and repeats what it gets. */
const serverScript = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {}).write(socket.remoteAddress.replace('::ffff:', '') + '\\n')
  socket.pipe(socket)
})
server.listen(Number(process.argv[1]), '0.0.0.0', () => console.log('ready'))
`
const clientScript = `
const socket = require('node:net').connect(Number(process.argv[2]), process.argv[1])
socket.on('error', () => process.exit(1))
process.stdin.pipe(socket).pipe(process.stdout)
`

const start = (netns: string, script: string, ...args: string[]): ChildProcessWithoutNullStreams =>
  spawn('nsenter', [`--net=/run/netns/${netns}`, '--', process.execPath, '-e', script, ...args])

const end = (child: ChildProcessWithoutNullStreams): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('close', () => resolve())
    child.kill('SIGKILL')
  })

/** What a process prints, up to something. Null when that does not come in time. */
function printed(
  child: ChildProcessWithoutNullStreams,
  wanted: (text: string) => string | undefined,
  timeoutMs: number,
): Promise<string | null> {
  let text = ''
  return new Promise((resolve) => {
    const finish = (value: string | null) => {
      clearTimeout(timer)
      child.stdout.off('data', hear)
      child.off('close', gone)
      resolve(value)
    }
    const gone = () => finish(null)
    const timer = setTimeout(gone, timeoutMs)
    const hear = (chunk: Buffer) => {
      text += chunk.toString()
      const found = wanted(text)
      if (found !== undefined) finish(found)
    }
    child.stdout.on('data', hear)
    child.once('close', gone)
  })
}

const line = (text: string) => (text.includes('\n') ? text.split('\n')[0] : undefined)

/** A TCP server in a namespace. */
export async function serve(netns: string, port: number): Promise<{ close: () => Promise<void> }> {
  const child = start(netns, serverScript, String(port))
  if ((await printed(child, line, 10_000)) === null) throw new Error(`no server on ${port} in ${netns}`)
  return { close: () => end(child) }
}

/** A connection that stays open. */
export interface Flow {
  /** Who the server says that the client is. */
  seenAs: string
  /** True when what is sent comes back. */
  passes: (timeoutMs?: number) => Promise<boolean>
  close: () => Promise<void>
}

/** Connects from a namespace to a server of {@link serve}. Null when nobody answers in time. */
export async function connect(
  netns: string,
  address: string,
  port: number,
  timeoutMs = 10_000,
): Promise<Flow | null> {
  const child = start(netns, clientScript, address, String(port))
  child.stdin.on('error', () => {})
  const seenAs = await printed(child, line, timeoutMs)
  if (seenAs === null) {
    await end(child)
    return null
  }
  let count = 0
  return {
    seenAs,
    passes: async (limit = 8_000) => {
      const word = `word-${++count};`
      const answer = printed(child, (text) => (text.includes(word) ? word : undefined), limit)
      child.stdin.write(word)
      return (await answer) !== null
    },
    close: () => end(child),
  }
}

/** Who a client is to a server, or null when it does not reach it. */
export async function seenAs(
  netns: string,
  address: string,
  port: number,
  timeoutMs?: number,
): Promise<string | null> {
  const flow = await connect(netns, address, port, timeoutMs)
  await flow?.close()
  return flow?.seenAs ?? null
}
